import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventLog } from './event-log.ts';
import { accountCreated } from './happening.ts';

const OCCASION = { username: 'API', ipAddress: '127.0.0.1', nowMs: 1_000 };

function logOf(count: number): EventLog {
  const log = new EventLog();
  log.add(
    Array.from({ length: count }, (_, at) => accountCreated(`u${at}`)),
    OCCASION,
  );
  return log;
}

test('every event has a microsecond of its own, also when the clock stands still or goes back', () => {
  const log = logOf(2);
  log.add([accountCreated('later')], { ...OCCASION, nowMs: 2_000 });
  log.add([accountCreated('back')], { ...OCCASION, nowMs: 500 });
  assert.deepEqual(
    log.list().map(({ timeUs }) => timeUs),
    [1_000_000, 1_000_001, 2_000_000, 2_000_001],
  );
});

test('the newest 100,000 are kept, and at most a tenth more', () => {
  const log = logOf(110_000);
  assert.equal(log.size, 110_000);
  log.add([accountCreated('one more')], OCCASION);
  assert.equal(log.size, 100_000);
  assert.deepEqual([log.list()[0]?.data, log.list().at(-1)?.data], ['u10001', 'one more']);
  assert.equal(new EventLog(logOf(110_000).list()).size, 100_000);
});

test('newest first from a moment back, and oldest first after one', () => {
  const log = logOf(4);
  const dataOf = (events: Iterable<{ data: string }>) => Array.from(events, ({ data }) => data).join(' ');
  assert.equal(dataOf(log.newestFirst()), 'u3 u2 u1 u0');
  assert.equal(dataOf(log.newestFirst({ fromUs: 1_000_001 })), 'u1 u0');
  assert.equal(dataOf(log.since(1_000_001)), 'u2 u3');
  assert.equal(dataOf(log.since(1_000_003)), '');
});
