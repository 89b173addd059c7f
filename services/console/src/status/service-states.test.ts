import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Condition } from '@connector/shared/plan.ts';
import { serviceProblems, serviceStates, silentForMs } from './service-states.ts';

const nowMs = 1_000_000;
const told = (changes: Partial<Condition> = {}): string =>
  JSON.stringify({ ready: true, problems: [], atMs: nowMs, startedAtMs: 5, pid: 7, host: 'h', ...changes });
const problems = (entries: Record<string, string>) => serviceProblems(serviceStates(entries, { nowMs }));

test('with one ready instance of each kind nothing is wrong', () => {
  assert.deepEqual(problems({ 'watcher/a': told(), 'reconciler/b': told(), 'pusher/c': told() }), []);
});

test('an entry that is older than 10 s is a dead service, one just as old is alive', () => {
  const dead = told({ atMs: nowMs - silentForMs - 1 });
  const lines = problems({
    'watcher/a': dead,
    'reconciler/b': told({ atMs: nowMs - silentForMs }),
    'pusher/c': told(),
  });
  assert.deepEqual(lines, ['no watcher is running: start it (npm start -w services/watcher)']);
});

test('each problem of each living instance is told once, with its service', () => {
  const troubled = told({ ready: false, problems: ['no DC answers', 'second'] });
  const lines = problems({
    'watcher/a': troubled,
    'watcher/b': troubled,
    'watcher/c': told(),
    'reconciler/b': told(),
    'pusher/c': told({ ready: false }),
  });
  assert.deepEqual(lines, ['watcher: no DC answers', 'watcher: second', 'pusher: is not ready']);
});

test('what another version has written is refused by the name of its key', () => {
  assert.throws(() => serviceStates({ 'watcher/a': '{}' }, { nowMs, key: '{x}:services' }), /\{x\}:services/);
});
