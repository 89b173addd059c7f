import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultList, faultsInForce } from './faults.ts';

const READ = { cmd: 'getuserdata', data: null };
const ADD = { cmd: 'batchadd', data: [{ username: 'Ann@example.com' }] };

function inForce(faults: unknown[], random = () => 0) {
  const list = faultsInForce({ random });
  list.replace(faultList.parse(faults));
  return list;
}

test('a fault with `times` strikes so often and is gone', () => {
  const faults = inForce([{ kind: 'http-500', times: 2 }]);
  assert.deepEqual(
    [1, 2, 3].map(() => faults.fateOf(READ).strike?.kind),
    ['http-500', 'http-500', undefined],
  );
  assert.deepEqual(faults.list(), []);
});

test('`cmd` picks the commands, one or several', () => {
  const faults = inForce([{ kind: 'reset', cmd: ['batchadd', 'deluser'] }]);
  assert.equal(faults.fateOf(READ).strike, null);
  assert.equal(faults.fateOf(ADD).strike?.kind, 'reset');
});

test('`probability` is the share of calls struck', () => {
  const faults = inForce([{ kind: 'reset', probability: 0.5 }], sequence([0.49, 0.5]));
  assert.equal(faults.fateOf(READ).strike?.kind, 'reset');
  assert.equal(faults.fateOf(READ).strike, null);
});

test('delays add up, each in its phase, and the first other fault decides', () => {
  const faults = inForce([
    { kind: 'latency', latencyMs: 10 },
    { kind: 'latency', latencyMs: 7, phase: 'after' },
    { kind: 'http-403', latencyMs: 5, times: 1 },
    { kind: 'http-500', times: 1 },
  ]);
  const { strike, delayBeforeMs, delayAfterMs } = faults.fateOf(READ);
  assert.deepEqual([strike?.kind, delayBeforeMs, delayAfterMs], ['http-403', 15, 7]);
  assert.equal(faults.fateOf(READ).strike?.kind, 'http-500');
});

test('poison strikes only changes to its users', () => {
  const faults = inForce([{ kind: 'poison', usernames: ['ann@EXAMPLE.com'], times: 1 }]);
  assert.equal(faults.fateOf({ cmd: 'getuserdata', data: { username: 'ann@example.com' } }).poisoned.size, 0);
  assert.equal(faults.fateOf({ cmd: 'disableuser', data: ['bob@example.com'] }).poisoned.size, 0);
  const isOther = { cmd: 'updateemail', data: { oldemail: 'bob@example.com', newemail: 'ann@example.com' } };
  assert.equal(faults.fateOf(isOther).poisoned.size, 0);
  assert.deepEqual([...faults.fateOf(ADD).poisoned.keys()], ['ann@example.com']);
  assert.equal(faults.fateOf(ADD).poisoned.size, 0);
});

test('poison knows the user of an updateemail by the old address', () => {
  const faults = inForce([{ kind: 'poison', usernames: ['ann@example.com'] }]);
  const data = { oldemail: 'Ann@example.com', newemail: 'a@example.com' };
  assert.deepEqual([...faults.fateOf({ cmd: 'updateemail', data }).poisoned.keys()], ['ann@example.com']);
});

test('`usernames` picks the calls that would change one of them, whatever the kind', () => {
  const faults = inForce([{ kind: 'http-500', usernames: ['ann@example.com'] }]);
  assert.equal(faults.fateOf(ADD).strike?.kind, 'http-500');
  assert.equal(faults.fateOf({ cmd: 'disableuser', data: ['bob@example.com'] }).strike, null);
  assert.equal(faults.fateOf({ cmd: 'getuserdata', data: { username: 'ann@example.com' } }).strike, null);
});

test('with `usernames`, getuserdata is struck where `cmd` has it and one of them is asked for by name', () => {
  const read = (data: unknown) => ({ cmd: 'getuserdata', data });
  const faults = inForce([{ kind: 'fail', cmd: 'getuserdata', usernames: ['ann@example.com'], error: 'No' }]);
  assert.equal(faults.fateOf(read({ username: 'Ann@example.com' })).strike?.kind, 'fail');
  for (const data of [{ username: 'bob@example.com' }, { pagesize: 10, pageindex: 0 }, null, 'all'])
    assert.equal(faults.fateOf(read(data)).strike, null);
  assert.equal(faults.fateOf(ADD).strike, null);
  const poison = inForce([{ kind: 'poison', cmd: 'getuserdata', usernames: ['ann@example.com'] }]);
  assert.equal(poison.fateOf(read({ username: 'ann@example.com' })).poisoned.size, 0);
});

test('a kind that refuses at the door cannot come after the command', () => {
  const problems = faultList.safeParse([{ kind: 'http-429', phase: 'after' }]).error?.issues ?? [];
  assert.deepEqual(
    problems.map(({ path }) => path),
    [[0, 'phase']],
  );
});

test('replacing the faults ends a hang', async () => {
  const faults = inForce([{ kind: 'hang' }]);
  const released = faults.released();
  faults.replace([]);
  await released;
});

function sequence(numbers: number[]): () => number {
  const rest = [...numbers];
  return () => rest.shift() ?? 0;
}
