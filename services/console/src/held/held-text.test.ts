import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainly } from '../text/paint.ts';
import { allDone, type Decisions, decidedJson, decidedText } from './decided-text.ts';
import type { HeldPerson } from './held-people.ts';
import { heldJson, heldText } from './held-text.ts';
import { stepsText } from './step-text.ts';

const held = (name: string, changes: Partial<HeldPerson> = {}): HeldPerson => ({
  list: 'held',
  person: `corp/${name}`,
  username: `${name}@x.org`,
  name,
  steps: [{ kind: 'disable', because: 'was deleted' }],
  heldBecause: 'too many',
  sinceMs: Date.UTC(2026, 10, 23),
  guarded: 'abc',
  read: { plan: '{"secret":1}', score: '1' },
  ...changes,
});

test('people are listed under the reason they share, the largest group first', () => {
  const lines = heldText('held', [held('zoe', { heldBecause: 'not proved' }), held('ann'), held('bob')], plainly);
  assert.deepEqual(lines.slice(0, 7), [
    '3 people are held: nothing of this happens without your word.',
    '',
    'too many (2 people)',
    '  ann  ann@x.org  since 2026-11-23 00:00:00 UTC  disable (was deleted)',
    '  bob  bob@x.org  since 2026-11-23 00:00:00 UTC  disable (was deleted)',
    '',
    'not proved (1 person)',
  ]);
});

test('nobody held is said in one line', () => {
  assert.deepEqual(heldText('held', [], plainly), ['Nobody is held.']);
});

test('steps name their groups and reasons', () => {
  const steps = stepsText([
    { kind: 'leave-groups', groups: ['Sales', 'Support'], because: 'is no member' },
    { kind: 'disable', because: 'is disabled' },
  ]);
  assert.equal(steps, 'leave Sales, Support (is no member); disable (is disabled)');
});

test('the JSON has everything about a person but the raw plan', () => {
  assert.deepEqual(heldJson('held', [held('ann')]), {
    held: [
      {
        person: 'corp/ann',
        username: 'ann@x.org',
        name: 'ann',
        steps: [{ kind: 'disable', because: 'was deleted' }],
        because: 'too many',
        since: '2026-11-23T00:00:00.000Z',
        asShown: 'corp/ann#abc',
      },
    ],
  });
});

const mixed: Decisions = {
  verdict: 'released',
  from: ['held'],
  decided: [
    { held: held('ann'), outcome: 'released' },
    { held: held('bob'), outcome: 'held again' },
    { held: held('cleo'), outcome: 'no longer held' },
  ],
  groups: [],
  notFound: [
    { who: 'dan', candidates: [] },
    { who: 'b', candidates: ['corp/b', 'other/b'] },
  ],
  stopped: null,
};

test('a release tells for each what happened, and counts', () => {
  const lines = decidedText(mixed, plainly);
  assert.match(lines[0] ?? '', /^released +ann +ann@x.org +disable \(was deleted\)$/);
  assert.match(lines[1] ?? '', /^changed +bob .*is held again: look at it with "connector held"$/);
  assert.match(lines[2] ?? '', /^changed +cleo .*nothing is held any more$/);
  assert.match(lines[3] ?? '', /^unknown +dan .*nobody of that name is held: see "connector held"$/);
  assert.match(lines[4] ?? '', /^ambiguous +b .*could be corp\/b or other\/b: name one$/);
  assert.equal(lines[5], '1 person released: the steps shown happen now; 4 not.');
});

test('while all deliveries are kept back, nothing is said to happen now', () => {
  const stopped = 'root paused all deliveries: "connector resume"';
  const lines = decidedText({ ...mixed, stopped }, plainly);
  assert.equal(lines[5], `1 person released: the steps shown happen later, as ${stopped}; 4 not.`);
  assert.equal(JSON.parse(JSON.stringify(decidedJson({ ...mixed, stopped }))).stopped, stopped);
  const rejected: Decisions = { ...mixed, verdict: 'rejected', decided: [], notFound: [], stopped };
  const [ann] = mixed.decided;
  assert.ok(ann);
  const told = decidedText({ ...rejected, decided: [{ ...ann, outcome: 'rejected' }] }, plainly);
  assert.equal(told[1], '1 person rejected: the steps shown do not happen.');
});

test('all is done only if everybody was found and nothing had changed', () => {
  const [ann, bob] = mixed.decided;
  assert.ok(ann && bob);
  const released: Decisions = { ...mixed, notFound: [] };
  assert.equal(allDone({ ...released, decided: [ann] }), true);
  assert.equal(allDone({ ...released, decided: [ann, bob] }), false);
  assert.equal(allDone({ ...mixed, decided: [ann] }), false);
  assert.equal(allDone({ ...released, verdict: 'rejected', decided: [] }), true);
});

test('the JSON has the outcome for each, and who was not found', () => {
  const json = JSON.parse(JSON.stringify(decidedJson(mixed)));
  assert.deepEqual(
    json.people.map(({ person, outcome }: { person: string; outcome: string }) => [person, outcome]),
    [
      ['corp/ann', 'released'],
      ['corp/bob', 'held again'],
      ['corp/cleo', 'no longer held'],
    ],
  );
  assert.deepEqual(json.notFound[0], { who: 'dan', problem: 'unknown', candidates: [] });
  assert.equal(json.notFound[1].problem, 'ambiguous');
});

const newcomer = held('eve', {
  list: 'pending',
  steps: [{ kind: 'create', fullname: 'Eve', groups: [], needsApproval: true, because: 'is in scope' }],
  heldBecause: 'new, and onDetected is approve',
});

test('new people are pending, and approved rather than released', () => {
  assert.deepEqual(heldText('pending', [newcomer], plainly), [
    '1 person is pending: no account without your word.',
    '',
    'new, and onDetected is approve (1 person)',
    '  eve  eve@x.org  since 2026-11-23 00:00:00 UTC  create (is in scope)',
    '',
    'Create accounts with "connector approve <who…>" or --all; refuse them with "connector reject <who…>" or --all-pending.',
    'Who: a user name, or what "connector pending --json" shows as person.',
  ]);
  assert.deepEqual(heldText('pending', [], plainly), ['Nobody is pending.']);
  const approved: Decisions = {
    verdict: 'approved',
    from: ['pending'],
    decided: [{ held: newcomer, outcome: 'approved' }],
    groups: [],
    notFound: [{ who: 'dan', candidates: [] }],
    stopped: null,
  };
  assert.deepEqual(decidedText(approved, plainly), [
    'approved  eve  eve@x.org  create (is in scope)',
    'unknown   dan             nobody of that name is pending: see "connector pending"',
    '1 person approved: their accounts are created now; 1 not.',
  ]);
  assert.equal(JSON.parse(JSON.stringify(decidedJson(approved))).people[0].outcome, 'approved');
});
