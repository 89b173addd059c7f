import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leaving } from './leaving.ts';
import { firstBefore, passesOn, type Standing, standingOf, standings } from './mail-owner.ts';

const pairs = standings.flatMap((first) => standings.map((second): [Standing, Standing] => [first, second]));
const other = (place: 'same' | 'earlier' | 'later', standing: Standing) => ({ person: 'labs/2', place, standing });

test('of two directories exactly one comes first, unless both have let go', () => {
  for (const [first, second] of pairs) {
    const isFirstBlocked = firstBefore([other('later', second)], first) !== null;
    const isSecondBlocked = firstBefore([other('earlier', first)], second) !== null;
    if (first === 'none' && second === 'none') assert.deepEqual([isFirstBlocked, isSecondBlocked], [false, false]);
    else assert.notEqual(isFirstBlocked, isSecondBlocked, `${first} and ${second}`);
  }
});

test('an account is never passed to and fro', () => {
  for (const [first, second] of pairs) {
    const there = passesOn({ ...other('earlier', first), deleted: false }, second);
    const back = passesOn({ ...other('later', second), deleted: false }, first);
    assert.ok(!(there && back), `${first} and ${second}`);
  }
});

test('whoever is only disabled, or may have left by a mistake, lets go of nothing', () => {
  const leaving: Leaving = {
    ...{ action: 'disable', removalAtMs: null, isKept: false, reason: '', because: '', stays: true, mustHold: null },
  };
  assert.equal(standingOf(null), 'enabled');
  assert.equal(standingOf(leaving), 'stays');
  assert.equal(standingOf({ ...leaving, action: 'nothing' }), 'stays');
  assert.equal(standingOf({ ...leaving, action: 'remove' }), 'none');
  assert.equal(standingOf({ ...leaving, stays: false }), 'none');
  assert.equal(standingOf({ ...leaving, stays: false, mustHold: 'may lie elsewhere' }), 'stays');
});
