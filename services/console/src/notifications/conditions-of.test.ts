import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neededServices } from '../status/service-states.ts';
import { conditionsOf, type Facts } from './conditions-of.ts';

const minuteMs = 60_000;
const nowMs = 1_000 * minuteMs;
const patience = { noSuccessMs: 30 * minuteMs, settleMs: 30_000, accountsEveryMs: 15 * minuteMs };
const instance = { instance: 'i', host: 'h', pid: 1, ready: true, problems: [], startedAtMs: 0 };
const nobody = { count: 0, newestMs: 0 };
const fine: Facts = {
  nowMs,
  services: neededServices.map((service) => ({ service, instances: [instance] })),
  directories: [{ id: 'corp', readAtMs: nowMs - minuteMs }],
  accountsReadAtMs: nowMs - 15 * minuteMs,
  alarm: null,
  noSeat: null,
  licences: null,
  mayDeliver: true,
  late: { count: 0, sinceMs: null },
  held: nobody,
  pending: nobody,
  aside: nobody,
  seatless: 0,
};
const found = (changes: Partial<Facts>) => conditionsOf({ ...fine, ...changes }, patience);
const kindsOf = (changes: Partial<Facts>) => found(changes).map(({ kind }) => kind);
const unready = (name: string, ...problems: string[]): Facts['services'] =>
  fine.services.map((each) =>
    each.service === name ? { ...each, instances: [{ ...instance, ready: false, problems }] } : each,
  );
const without = (name: string): Facts['services'] =>
  fine.services.map((each) => (each.service === name ? { ...each, instances: [] } : each));
const alarm = { message: 'wrong provhash', sinceMs: nowMs - 5, tryAgainAtMs: 0 };

test('with everything read a while ago, and nobody waiting, nothing is the matter', () => {
  assert.deepEqual(found({}), []);
});

test('seats that are nearly used are told where it is known how many there are', () => {
  const kindsWith = (taken: number) => kindsOf({ licences: { taken, of: 200 } });
  assert.deepEqual([kindsWith(189), kindsWith(190)], [[], ['seats-nearly-used']]);
  assert.equal(found({ licences: { taken: 195, of: 200 } })[0]?.count, 195);
});

test('a directory that is not read is told after its time, with what the watcher says', () => {
  const readAtMs = nowMs - 40 * minuteMs;
  const [condition, ...others] = found({
    directories: [...fine.directories, { id: 'branch', readAtMs }],
    services: unready('watcher', 'no DC answers'),
  });
  assert.deepEqual(others, [], 'and not that the watcher is not ready, too');
  assert.deepEqual(
    [condition?.kind, condition?.subject, condition?.sinceMs, condition?.afterMs, condition?.problems],
    ['directory-not-read', 'branch', readAtMs, patience.noSuccessMs, ['no DC answers']],
  );
  assert.deepEqual(
    found({ directories: [{ id: 'corp', readAtMs: null }], services: without('watcher') }).map((each) => [
      each.kind,
      each.problems,
    ]),
    [
      ['directory-not-read', ['no watcher is running: start it']],
      ['service-not-ready', ['no watcher is running: start it']],
    ],
  );
});

test('what a clock far ahead has dated counts as unread since nobody knows when, and a clock a little ahead changes nothing', () => {
  const readAt = (aheadMs: number) =>
    found({ directories: [{ id: 'corp', readAtMs: nowMs + aheadMs }], accountsReadAtMs: nowMs + aheadMs }).map(
      ({ kind, sinceMs }) => [kind, sinceMs],
    );
  assert.deepEqual(readAt(365 * 24 * 60 * minuteMs), [
    ['directory-not-read', null],
    ['accounts-not-read', null],
  ]);
  assert.deepEqual(readAt(5 * minuteMs), []);
});

test('accounts are late once a read that was due is, and while LastPass refuses the credentials that alone is told', () => {
  const accountsReadAtMs = nowMs - 50 * minuteMs;
  const [condition] = found({ accountsReadAtMs });
  assert.deepEqual([condition?.kind, condition?.afterMs], ['accounts-not-read', 45 * minuteMs]);
  assert.deepEqual(kindsOf({ accountsReadAtMs: nowMs - 15.5 * minuteMs }), []);
  const late = { count: 3, sinceMs: nowMs - 40 * minuteMs };
  assert.deepEqual(kindsOf({ accountsReadAtMs, late, alarm }), ['credentials-refused']);
});

test('changes that do not arrive are told, but not while somebody wants nothing sent', () => {
  const late = { count: 3, sinceMs: nowMs - 40 * minuteMs };
  const [condition] = found({ late, services: unready('pusher', 'LastPass is away') });
  assert.deepEqual(
    [condition?.kind, condition?.count, condition?.sinceMs, condition?.problems],
    ['not-delivered', 3, late.sinceMs, ['LastPass is away']],
  );
  assert.deepEqual(kindsOf({ late, services: unready('pusher', 'LastPass is away') }), ['not-delivered']);
  assert.deepEqual(kindsOf({ late, mayDeliver: false }), []);
});

test('a lost right is told at once, under a name of its own; any other problem of a service after its time', () => {
  const lost = "CN=svc doesn't see deleted objects, so no deletion would be noticed";
  assert.deepEqual(
    found({ services: unready('watcher', lost) }).map(({ kind, afterMs, problems }) => [kind, afterMs, problems]),
    [['rights-lost', patience.settleMs, [lost]]],
  );
  assert.deepEqual(
    found({ services: unready('watcher', lost, 'no such base') }).map(({ kind, problems }) => [kind, problems]),
    [
      ['rights-lost', [lost]],
      ['service-not-ready', ['no such base']],
    ],
  );
  const [condition] = found({ services: unready('reconciler') });
  assert.deepEqual(
    [condition?.subject, condition?.afterMs, condition?.problems],
    ['reconciler', patience.noSuccessMs, ['is not ready']],
  );
  assert.deepEqual(kindsOf({ services: without('reconciler') }), ['service-not-ready']);
});

test('people who wait are told by how many, and when the newest came; without a seat, how many wait for one', () => {
  const waiting = { count: 2, newestMs: 7 };
  for (const [list, kind] of [
    ['held', 'people-held'],
    ['pending', 'people-pending'],
    ['aside', 'people-aside'],
  ] as const)
    assert.deepEqual(
      found({ [list]: waiting }).map((each) => [each.kind, each.count, each.newestMs, each.afterMs]),
      [[kind, 2, 7, patience.settleMs]],
    );
  const noSeat = { message: 'no licence', sinceMs: 5, tryAgainAtMs: 9 };
  assert.deepEqual(
    found({ noSeat, seatless: 4 }).map((each) => [each.kind, each.count, each.sinceMs, each.problems]),
    [['no-seat', 4, 5, ['no licence']]],
  );
});
