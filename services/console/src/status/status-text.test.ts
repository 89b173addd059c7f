import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainly } from '../text/paint.ts';
import { problemsOf, type Status } from './status.ts';
import { statusJson } from './status-json.ts';
import { statusText } from './status-text.ts';

const nowMs = Date.UTC(2026, 10, 23, 12);
const instance = { instance: 'i', host: 'box', pid: 42, ready: true, problems: [], startedAtMs: nowMs - 61_000 };
const fine: Status = {
  nowMs,
  services: [
    { service: 'watcher', instances: [instance] },
    { service: 'reconciler', instances: [instance] },
    { service: 'pusher', instances: [instance] },
  ],
  directories: [
    {
      id: 'corp',
      domainController: 'dc1.corp',
      usn: '4711',
      caughtUp: true,
      completedAtMs: nowMs - 5_000,
      fullRead: 'none',
      logEntries: 0,
    },
  ],
  accounts: { count: 312, readAtMs: nowMs - 3_000 },
  people: {
    inScope: 304,
    linked: 300,
    toPlan: 0,
    toJudge: 0,
    toDeliver: 0,
    postponed: 0,
    held: 0,
    heldGroups: 0,
    pending: 0,
    rejected: 0,
    setAside: { data: 0, refused: 0, noSeat: 0 },
    deletedByHand: 0,
  },
  delivering: null,
  onTheWay: { people: 0, sinceMs: null },
  latency: { hour: { people: 0, p50Ms: null, p95Ms: null }, day: { people: 12, p50Ms: 230, p95Ms: 1_410 } },
  setAside: [],
  deletedByHand: [],
  alarm: null,
  policy: 'settled',
  policySet: null,
  pause: null,
  mode: 'automatic',
  run: null,
  reviewed: null,
  firstRun: null,
  untold: [],
  problems: [],
};
const text = (changes: Partial<Status> = {}, { all = false } = {}) =>
  statusText({ ...fine, ...changes }, { paint: plainly, all }).join('\n');

test('the whole page, when all is well', () => {
  assert.equal(
    text(),
    `Nothing stands in the way of the sync.

Services
  watcher     ready  on box, process 42, up for 1 min 1 s
  reconciler  ready  on box, process 42, up for 1 min 1 s
  pusher      ready  on box, process 42, up for 1 min 1 s

Directories
  corp  dc1.corp  read completely 5 s ago (2026-11-23 11:59:55 UTC), changes up to USN 4711, 0 log entries outstanding

LastPass
  accounts  312, read 3 s ago
  policy    settled
  last day  changes are there within 230 ms (half of them) or 1.4 s (95 %), of 12 people

People
  in scope    304
  linked      300
  to plan     0
  to judge    0
  to deliver  0
  held        0
  set aside   0`,
  );
});

test('problems come first, one line each', () => {
  const lines = text({ problems: ['watcher: no DC answers', 'no pusher is running'] }).split('\n');
  assert.deepEqual(lines.slice(0, 3), [
    'The sync is stopped or incomplete:',
    '  watcher: no DC answers',
    '  no pusher is running',
  ]);
});

test('a directory that was never read says so, and what is asked for', () => {
  const directories: Status['directories'] = [
    {
      id: 'corp',
      domainController: null,
      usn: null,
      caughtUp: false,
      completedAtMs: null,
      fullRead: 'under way',
      logEntries: 1,
    },
  ];
  assert.match(
    text({ directories }),
    /corp {2}no domain controller yet {2}never read completely, a full read is under way, 1 log entry outstanding/,
  );
});

test('changes on their way are told, and since when', () => {
  assert.match(
    text({ onTheWay: { people: 3, sinceMs: nowMs - 12_000 } }),
    /\n {2}on the way {2}changes of 3 people, the oldest read 12 s ago\n/,
  );
});

test('people who wait, are held or were rejected are shown with what to do', () => {
  const shown = text({
    people: {
      ...fine.people,
      inScope: 9,
      linked: 9,
      toPlan: 1,
      toJudge: 2,
      toDeliver: 5,
      postponed: 3,
      held: 4,
      heldGroups: 0,
      pending: 6,
      rejected: 2,
    },
  });
  assert.match(shown, /to deliver {2}5, 3 of them postponed/);
  assert.match(shown, /held {8}4: see "connector held"/);
  assert.match(shown, /rejected {4}2 keep what they have/);
});

test('what is on its way is told with the time that it takes', () => {
  assert.match(text({ delivering: { people: 400, timeLeftMs: 64_000 } }), /delivering {2}400, about 1 min 10 s left/);
  assert.match(text({ delivering: { people: 1, timeLeftMs: null } }), /delivering {2}1, time left unknown yet/);
  const toPlan = { ...fine.people, toPlan: 7 };
  assert.match(text({ people: toPlan, delivering: { people: 2, timeLeftMs: 900 } }), /2, at least 1 s left/);
  assert.doesNotMatch(text(), /delivering/);
});

test('set-aside people are listed by kind, the first ten of each, all on demand', () => {
  const aside = (index: number, kind: 'data' | 'refused') => ({
    person: `corp/${index}`,
    name: `P${index}`,
    reason: 'has no mail',
    kind,
    sinceMs: nowMs - 60_000,
  });
  const setAside = [...Array.from({ length: 12 }, (_, index) => aside(index, 'data')), aside(99, 'refused')];
  const people = { ...fine.people, setAside: { data: 12, refused: 1, noSeat: 0 } };
  const short = text({ people, setAside });
  assert.match(short, /directory's data stands in the way \(12\)/);
  assert.match(short, /set aside {3}13: see "connector aside"/);
  assert.match(short, /refused by LastPass \(1\)\n {2}P99 {2}for 1 min 0 s {2}has no mail/);
  assert.match(short, /P9 .*… and 2 more: see "connector status --all"/s);
  assert.doesNotMatch(short, /P10/);
  assert.doesNotMatch(short, /changed by hand/);
  const long = text({ people, setAside }, { all: true });
  assert.match(long, /P11/);
  assert.doesNotMatch(long, /more: see/);
  const newest = text({ people: { ...people, setAside: { ...people.setAside, data: 2_000 } }, setAside });
  assert.match(newest, /in the way \(2000\).*… and 1990 more/s);
});

test('messages that do not get out are told after the people, with the remedy, and stop nothing', () => {
  const failure = 'alerts.example.com answered HTTP 500: look at what receives there';
  const untold = [{ way: 'webhook' as const, waiting: 2, sinceMs: nowMs - 60_000, failure }];
  const lines = text({ untold }).split('\n');
  assert.equal(lines[0], 'Nothing stands in the way of the sync.');
  assert.deepEqual(lines.slice(-2), [
    "Notifications that don't get out",
    `  webhook  2 messages wait, the oldest for 1 min 0 s  ${failure}`,
  ]);
  const json = JSON.parse(JSON.stringify(statusJson({ ...fine, untold })));
  assert.deepEqual(
    [json.ok, json.untold],
    [true, [{ way: 'webhook', waiting: 2, failure, since: '2026-11-23T11:59:00.000Z' }]],
  );
});

const alarm = { message: 'wrong provhash: correct lastpass.provhash', sinceMs: nowMs, tryAgainAtMs: nowMs + 30_000 };

test('an alarm is a problem, once, and tells when it is tried again', () => {
  assert.deepEqual(problemsOf(fine.services, { raised: alarm, pause: null }), [
    'LastPass: wrong provhash: correct lastpass.provhash',
  ]);
  const pusher = { service: 'pusher' as const, instances: [{ ...instance, ready: false, problems: [alarm.message] }] };
  assert.deepEqual(problemsOf([...fine.services.slice(0, 2), pusher], { raised: alarm, pause: null }), [
    `pusher: ${alarm.message}`,
  ]);
  assert.match(text({ alarm }), /alarm +wrong provhash.*\(since 2026-11-23 12:00:00 UTC; tried again in 30 s\)/);
});

test('the JSON has moments as ISO texts, every set-aside person and an overall verdict', () => {
  const json = JSON.parse(JSON.stringify(statusJson({ ...fine, alarm, problems: ['x'] })));
  assert.equal(json.ok, false);
  assert.equal(json.alarm.since, '2026-11-23T12:00:00.000Z');
  assert.equal(json.directories[0].completedAt, '2026-11-23T11:59:55.000Z');
  assert.equal(json.services[0].instances[0].startedAt, '2026-11-23T11:58:59.000Z');
  assert.deepEqual(json.people, fine.people);
});
