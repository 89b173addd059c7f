import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationOf, durationParts } from './duration-parts.ts';

test('a duration comes apart into a number and its unit, and together again', () => {
  assert.deepEqual(durationParts('30d'), { count: '30', unit: 'd' });
  assert.deepEqual(durationParts('1500 ms'), { count: '1500', unit: 'ms' });
  assert.equal(durationOf(durationParts('90m')), '90m');
});

test('one whose number is being typed keeps its unit', () => {
  assert.deepEqual(durationParts('h'), { count: '', unit: 'h' });
});
