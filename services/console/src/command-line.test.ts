import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommanderError } from 'commander';
import { commandLine, type Invocation } from './command-line.ts';

/** What a command line means; or the words with which it is refused. */
function typed(...words: string[]): Invocation | string {
  let invocation: Invocation | undefined;
  let told = '';
  const program = commandLine((found) => {
    invocation = found;
  });
  for (const command of [program, ...program.commands])
    command.configureOutput({ writeErr: (text) => (told += text), writeOut: (text) => (told += text) });
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    assert.ok(error instanceof CommanderError);
  }
  return invocation ?? told;
}

test('each command with its defaults', () => {
  assert.deepEqual(typed('status'), { command: 'status', all: false, json: false });
  assert.deepEqual(typed('held'), { command: 'held', json: false });
  assert.deepEqual(typed('pending'), { command: 'pending', json: false });
  assert.deepEqual(typed('sync'), {
    command: 'sync',
    full: false,
    confirmFirst: false,
    wait: true,
    timeoutMs: 600_000,
    json: false,
  });
  assert.deepEqual(typed('preview'), { command: 'preview', csv: false, json: false });
  for (const command of ['check', 'aside', 'drift', 'pause', 'resume'])
    assert.deepEqual(typed(command), { command, json: false });
});

test('each command with its options', () => {
  assert.deepEqual(typed('status', '--all', '--json'), { command: 'status', all: true, json: true });
  assert.deepEqual(typed('sync', '--full', '--confirm-first', '--no-wait', '--timeout', '1.5'), {
    command: 'sync',
    full: true,
    confirmFirst: true,
    wait: false,
    timeoutMs: 1_500,
    json: false,
  });
  assert.deepEqual(typed('retry', 'ann'), { command: 'retry', who: ['ann'], lists: [], json: false });
  assert.deepEqual(typed('retry', '--all', '--all-drift'), {
    command: 'retry',
    who: [],
    lists: ['aside', 'drift'],
    json: false,
  });
  assert.match(String(typed('retry')), /say who to retry/);
  assert.match(String(typed('retry', 'ann', '--all')), /either name people/);
  assert.match(String(typed('preview', '--csv', '--json')), /--csv or --json, not both/);
  assert.deepEqual(typed('release', 'ann', 'bob', '--json'), {
    command: 'decide',
    verdict: 'released',
    from: ['held'],
    who: ['ann', 'bob'],
    json: true,
  });
  const everybody = { command: 'decide', who: [], json: false } as const;
  assert.deepEqual(typed('approve', '--all'), { ...everybody, verdict: 'approved', from: ['pending'] });
  assert.deepEqual(typed('approve', 'ann'), {
    ...everybody,
    verdict: 'approved',
    from: ['pending', 'rejected'],
    who: ['ann'],
  });
  assert.deepEqual(typed('reject', '--all'), { ...everybody, verdict: 'rejected', from: ['held'] });
  assert.deepEqual(typed('reject', '--all-pending'), { ...everybody, verdict: 'rejected', from: ['pending'] });
  assert.deepEqual(typed('reject', 'ann'), {
    ...everybody,
    verdict: 'rejected',
    from: ['held', 'pending'],
    who: ['ann'],
  });
});

test('a release of nobody, or of some and all, is refused', () => {
  assert.match(String(typed('release')), /say who to release, or --all/);
  assert.match(String(typed('reject', '--json')), /say who to reject, or --all/);
  assert.match(String(typed('release', 'ann', '--all')), /not both/);
});

test('a wrong time-out, option or command is refused in one line', () => {
  assert.match(String(typed('sync', '--timeout', '0')), /Write a number of seconds/);
  assert.match(String(typed('sync', '--timeout', 'soon')), /Write a number of seconds/);
  assert.match(String(typed('held', '--al')), /unknown option '--al'/);
  assert.match(String(typed('stats')), /unknown command 'stats'.*Did you mean status/s);
});

test('help tells every command, the exit codes and where the configuration comes from', () => {
  const help = String(typed('--help'));
  for (const word of ['status', 'sync', 'held', 'release', 'reject', 'Exit codes', 'CONNECTOR_CONFIG'])
    assert.ok(help.includes(word), word);
});
