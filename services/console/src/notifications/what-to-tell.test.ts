import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Holding } from './condition.ts';
import { type Event, type Noticed, nothingNoticed, noticed, whatToTell } from './what-to-tell.ts';

const settleMs = 30_000;
const dayMs = 24 * 3_600_000;
const held = (changes: Partial<Holding> = {}): Holding => ({
  kind: 'people-held',
  subject: null,
  sinceMs: null,
  afterMs: settleMs,
  count: 2,
  newestMs: 100,
  problems: [],
  ...changes,
});

/** Somebody who looks at moments, and remembers between them what Redis would. */
class Looking {
  #noticed: Noticed = nothingNoticed;

  /** @returns what is told: `phase count` */
  at(seconds: number, ...holding: Holding[]): string[] {
    return this.events(seconds, ...holding).map(({ phase, count }) => `${phase} ${count}`);
  }

  events(seconds: number, ...holding: Holding[]): Event[] {
    const { after, events } = whatToTell(this.#noticed, holding, { nowMs: seconds * 1_000, settleMs });
    this.#noticed = noticed.parse(JSON.parse(JSON.stringify(after)));
    return events;
  }
}

test('a condition is told once it has lasted, once, and its end once that has lasted', () => {
  const looking = new Looking();
  assert.deepEqual(looking.at(0, held()), []);
  assert.deepEqual(looking.at(29, held()), []);
  assert.deepEqual(looking.at(30, held()), ['raised 2']);
  assert.deepEqual(looking.at(31, held()), []);
  assert.deepEqual(looking.at(1_000, held()), []);
  assert.deepEqual(looking.at(1_010), []);
  assert.deepEqual(looking.at(1_039), []);
  assert.deepEqual(looking.at(1_040), ['over 0']);
  assert.deepEqual(looking.at(2_000), []);
});

test('what comes and goes within the time is never told, and what was away for a moment is not over', () => {
  const looking = new Looking();
  for (const [at, holds] of [
    [0, true],
    [10, false],
    [20, true],
    [40, true],
    [45, false],
  ] as const)
    assert.deepEqual(looking.at(at, ...(holds ? [held()] : [])), []);
  looking.at(50, held());
  assert.deepEqual(looking.at(80, held()), ['raised 2']);
  assert.deepEqual([...looking.at(90), ...looking.at(119), ...looking.at(120, held()), ...looking.at(130)], []);
  assert.deepEqual(looking.at(160), ['over 0']);
});

test('changes within the time are one message; fewer, and the same, are no news', () => {
  const looking = new Looking();
  looking.at(0, held());
  looking.at(30, held());
  assert.deepEqual(looking.at(40, held({ count: 3, newestMs: 200 })), []);
  assert.deepEqual(looking.at(50, held({ count: 9, newestMs: 300 })), []);
  const [changed] = looking.events(70, held({ count: 9, newestMs: 300 }));
  assert.deepEqual([changed?.phase, changed?.count, changed?.before], ['changed', 9, 2]);
  for (const at of [80, 200]) assert.deepEqual(looking.at(at, held({ count: 4, newestMs: 300 })), []);
  for (const at of [210, 400]) assert.deepEqual(looking.at(at, held({ count: 4, newestMs: 150 })), []);
  assert.deepEqual(
    [...looking.at(500, held({ newestMs: 301 })), ...looking.at(530, held({ newestMs: 301 }))],
    ['changed 2'],
  );
});

test('another problem is news, one in which only numbers differ is none, and one that was told already neither', () => {
  const looking = new Looking();
  const problem = (...problems: string[]) => held({ kind: 'no-seat', count: null, newestMs: 0, problems });
  looking.at(0, problem('paused for 5 s'));
  looking.at(30, problem('paused for 5 s'));
  for (const at of [40, 80]) assert.deepEqual(looking.at(at, problem('paused for 60 s')), []);
  assert.deepEqual([...looking.at(90, problem('x')), ...looking.at(120, problem('x'))], ['changed null']);
  for (const [at, told] of [
    [130, 'paused for 1 s'],
    [200, 'x'],
    [300, 'paused for 2 s'],
  ] as const)
    assert.deepEqual(looking.at(at, problem(told)), []);
});

test('however many problems last, each is told once', () => {
  const looking = new Looking();
  const letters = Array.from({ length: 50 }, (_, n) => `no DC of ${String.fromCodePoint(0x4e00 + n)} answers`);
  const problems = (count: number) => held({ count: null, newestMs: 0, problems: letters.slice(0, count) });
  looking.at(0, problems(25));
  assert.deepEqual(looking.at(30, problems(25)), ['raised null']);
  for (const at of [40, 70, 100, 130]) assert.deepEqual(looking.at(at, problems(25)), []);
  assert.deepEqual([...looking.at(140, problems(50)), ...looking.at(170, problems(50))], ['changed null']);
  for (const at of [180, 210, 240]) assert.deepEqual(looking.at(at, problems(50)), []);
});

test('as long as it lasts it is told again each day, counted from what was told last', () => {
  const looking = new Looking();
  looking.at(0, held());
  looking.at(30, held());
  const day = dayMs / 1_000;
  assert.deepEqual(looking.at(day + 29, held()), []);
  assert.deepEqual(looking.at(day + 30, held()), ['reminder 2']);
  looking.at(day + 100, held({ newestMs: 200 }));
  assert.deepEqual(looking.at(day + 130, held({ newestMs: 200 })), ['changed 2']);
  assert.deepEqual(looking.at(2 * day + 60, held({ newestMs: 200 })), []);
  assert.deepEqual(looking.at(2 * day + 130, held({ newestMs: 200 })), ['reminder 2']);
});

test('what has held for long when it is first noticed is told at once, with its time', () => {
  const alarm = held({ kind: 'credentials-refused', sinceMs: 5_000, count: null });
  const [event] = new Looking().events(60, alarm);
  assert.deepEqual([event?.phase, event?.sinceMs, event?.before], ['raised', 5_000, null]);
});

test('a time that moves on before it is told counts from there', () => {
  const looking = new Looking();
  const unread = (sinceMs: number) => held({ kind: 'directory-not-read', subject: 'corp', sinceMs, afterMs: 100_000 });
  assert.deepEqual(looking.at(50, unread(0)), []);
  assert.deepEqual(looking.at(110, unread(60_000)), []);
  assert.deepEqual(looking.at(160, unread(60_000)), ['raised 2']);
});

test('each subject is a condition of its own, and the gravest is told first', () => {
  const looking = new Looking();
  const all = [
    held(),
    ...['a', 'b'].map((subject) => held({ kind: 'directory-not-read', subject, sinceMs: 0 })),
    held({ kind: 'credentials-refused', sinceMs: 0 }),
  ];
  looking.at(0, ...all);
  assert.deepEqual(
    looking.events(30, ...all).map(({ kind, subject }) => [kind, subject]),
    [
      ['credentials-refused', null],
      ['directory-not-read', 'a'],
      ['directory-not-read', 'b'],
      ['people-held', null],
    ],
  );
  const rest = all.filter(({ subject }) => subject !== 'b');
  looking.at(40, ...rest);
  assert.deepEqual(
    looking.events(70, ...rest).map(({ phase, subject }) => [phase, subject]),
    [['over', 'b']],
  );
});
