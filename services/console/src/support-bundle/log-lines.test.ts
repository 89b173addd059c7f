import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledLine } from './log-lines.ts';

test('of a line of the log only what is known to name nobody is told, and every number', () => {
  const line = { level: 40, time: 't', service: 'pusher', msg: 'refused', who: ['corp/1'], accounts: 7, ok: true };
  const naming = { by: 'Ann Lee', address: '10.0.0.7', user: 'ann', fresh: { name: 'Ann' } };
  assert.deepEqual(bundledLine({ ...line, ...naming }), line);
});
