import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Plan, Step } from '@connector/shared/plan.ts';
import { guardLimits } from '@connector/shared/policy.ts';
import fc from 'fast-check';
import { type GuardInputs, judge, tooManyLeavers } from './guard.ts';

const because = 'was deleted in Active Directory';
const planOf = (...steps: Step[]): Plan => ({
  username: 'a@example.com',
  name: 'A',
  steps,
  guarded: 'x',
  cleared: false,
  mustHold: null,
  certain: false,
  heldBecause: null,
  inputs: { touched: 1, account: null, policy: 'p' },
  madeAtMs: 0,
});
const leaver = planOf({ kind: 'disable', because });
const leavesGroup = planOf({ kind: 'leave-groups', groups: ['Sales'], because });
const people = (count: number, plan: Plan, from = 0) =>
  Array.from({ length: count }, (_, index) => [`corp/${from + index}`, plan] as const);
const judgeWith = (changes: Partial<GuardInputs>) => [
  ...judge({
    waiting: new Map(),
    recentLeavers: new Set(),
    recentlyHeld: new Map(),
    linked: 1_000,
    limits: guardLimits.parse({}),
    policySettled: true,
    newlyReadElsewhere: new Set(),
    groupSizes: new Map(),
    renamedGroups: new Set(),
    ...changes,
  }).values(),
];
const heldOf = (judged: (string | null)[]) => judged.filter((reason) => reason !== null).length;

suite('leavers', () => {
  test('pass up to maxLeavers, however few are linked', () => {
    assert.equal(heldOf(judgeWith({ waiting: new Map(people(10, leaver)), linked: 10 })), 0);
    assert.equal(heldOf(judgeWith({ waiting: new Map(people(11, leaver)), linked: 11 })), 11);
  });

  test('pass up to maxLeaversPercent of the linked', () => {
    assert.equal(heldOf(judgeWith({ waiting: new Map(people(50, leaver)), linked: 1_000 })), 0);
    assert.equal(heldOf(judgeWith({ waiting: new Map(people(50, leaver)), linked: 999 })), 50);
  });

  test('never pass above maxLeaversHard', () => {
    assert.equal(heldOf(judgeWith({ waiting: new Map(people(51, leaver)), linked: 1_000_000 })), 51);
  });

  test('are counted together with those of the last hour, each once', () => {
    const waiting = new Map(people(5, leaver));
    assert.equal(
      heldOf(
        judgeWith({ waiting, linked: 20, recentLeavers: new Set(people(5, leaver, 100).map(([person]) => person)) }),
      ),
      0,
    );
    assert.equal(
      heldOf(
        judgeWith({ waiting, linked: 20, recentLeavers: new Set(people(6, leaver, 100).map(([person]) => person)) }),
      ),
      5,
    );
    assert.equal(
      heldOf(judgeWith({ waiting, linked: 20, recentLeavers: new Set(people(6, leaver).map(([person]) => person)) })),
      0,
    );
  });

  test('are all held while a changed policy is not settled', () => {
    assert.equal(heldOf(judgeWith({ waiting: new Map(people(1, leaver)), policySettled: false })), 1);
  });

  test('who must be held are held alone', () => {
    const waiting = new Map([...people(3, leaver), ...people(1, { ...leaver, mustHold: 'not proved deleted' }, 10)]);
    assert.deepEqual(judgeWith({ waiting }), [null, null, null, 'not proved deleted']);
  });

  test('by what another domain controller lacks are held, of its directory and unless that is certain', () => {
    const other = new Map([['other/1', leaver]] as const);
    const certain = { ...leaver, certain: true };
    const waiting = new Map([
      ...people(1, leaver),
      ...people(1, certain, 1),
      ...people(1, leavesGroup, 2),
      ...people(1, { ...leaver, mustHold: 'not proved deleted' }, 3),
      ...other,
    ]);
    const [uncertain, sure, group, missing, elsewhere] = judgeWith({ waiting, newlyReadElsewhere: new Set(['corp']) });
    assert.match(uncertain ?? '', /another domain controller was read/);
    assert.equal(sure, null);
    assert.match(group ?? '', /another domain controller was read/);
    assert.equal(missing, 'not proved deleted');
    assert.equal(elsewhere, null);
    assert.equal(
      heldOf(judgeWith({ waiting: new Map(people(11, certain)), linked: 11 })),
      11,
      'they are counted all the same',
    );
  });

  test('too many of them do not hold those who only leave a group', () => {
    const waiting = new Map([...people(51, leaver), ...people(1, leavesGroup, 100)]);
    assert.equal(judgeWith({ waiting }).at(-1), null);
  });
});

suite('a group', () => {
  test('may lose half of its members at once, or ten', () => {
    assert.equal(
      heldOf(judgeWith({ waiting: new Map(people(10, leavesGroup)), groupSizes: new Map([['sales', 10]]) })),
      0,
    );
    assert.equal(
      heldOf(judgeWith({ waiting: new Map(people(20, leavesGroup)), groupSizes: new Map([['sales', 40]]) })),
      0,
    );
  });

  test('may not lose more than ten and more than half', () => {
    assert.equal(
      heldOf(judgeWith({ waiting: new Map(people(11, leavesGroup)), groupSizes: new Map([['sales', 21]]) })),
      11,
    );
  });
});

test('one leaver more never lets another one pass', () => {
  const limits = fc.record({ maxLeavers: fc.nat(20), maxLeaversPercent: fc.nat(100), maxLeaversHard: fc.nat(60) });
  fc.assert(
    fc.property(fc.nat(100), fc.nat(500), limits, (leavers, linked, given) => {
      if (tooManyLeavers({ leavers, linked, limits: given }) !== null)
        assert.notEqual(tooManyLeavers({ leavers: leavers + 1, linked, limits: given }), null);
    }),
  );
});
