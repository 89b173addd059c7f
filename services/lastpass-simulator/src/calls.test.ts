import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callLog } from './calls.ts';

const PROVHASH = 'a "quoted" secret';

function logOf(count: number) {
  const log = callLog();
  for (let at = 0; at < count; at += 1) log.begin({ cmd: 'c', data: at, secret: PROVHASH, nowMs: at });
  return log;
}

test('`since` gives what came after a sequence, also after the log was emptied', () => {
  const log = logOf(3);
  assert.deepEqual(
    log.since(1).map(({ sequence }) => sequence),
    [2, 3],
  );
  assert.deepEqual(log.since(3), []);
  log.clear();
  log.begin({ cmd: 'c', data: null, secret: PROVHASH, nowMs: 0 });
  assert.deepEqual(
    [log.since(0), log.since(3), log.since(4)].map((calls) => calls.length),
    [1, 1, 0],
  );
  assert.equal(log.lastSequence(), 4);
});

test('the log forgets the oldest rather than grow for ever', () => {
  const log = logOf(100_001);
  const kept = log.since(0);
  assert.equal(kept.length, 50_000);
  assert.deepEqual([kept[0]?.sequence, kept.at(-1)?.sequence], [50_002, 100_001]);
  assert.deepEqual(
    log.since(100_000).map(({ sequence }) => sequence),
    [100_001],
  );
});

test('neither passwords nor the provhash are kept', () => {
  const data = [{ username: 'a@example.com', password: 'geheim', fullname: `x ${PROVHASH} y` }];
  const call = callLog().begin({ cmd: 'batchadd', data, secret: PROVHASH, nowMs: 0 });
  assert.deepEqual(call.data, [{ username: 'a@example.com', password: '[hidden]', fullname: 'x [provhash] y' }]);
});

test('data that is no JSON is hidden as a whole where it speaks of a password', () => {
  const log = callLog();
  const keep = (data: string) => log.begin({ cmd: 'batchadd', data, secret: PROVHASH, nowMs: 0 }).data;
  assert.deepEqual([keep('[{"password":"geheim"'), keep('all')], ['[hidden]', 'all']);
  assert.equal(log.size(), 2);
});
