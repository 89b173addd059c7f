import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommanderError } from 'commander';
import { commandLine } from './command-line.ts';
import type { Invocation } from './invocation.ts';
import { WrongUsage } from './wrong-usage.ts';

/** What a command line means; or the words with which it is refused, or the help. */
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
    if (error instanceof WrongUsage) return told + error.message;
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
  assert.deepEqual(typed('preview'), { command: 'preview', csv: false, out: null, json: false });
  assert.deepEqual(typed('apply', 'plan.json'), {
    command: 'apply',
    file: 'plan.json',
    yes: false,
    dryRun: false,
    withHeld: false,
    timeoutMs: 600_000,
    json: false,
  });
  assert.deepEqual(typed('explain', 'ann', 'bob'), { command: 'explain', who: ['ann', 'bob'], json: false });
  assert.match(String(typed('explain')), /missing required argument 'who'/);
  assert.deepEqual(typed('test-notifications'), { command: 'test-notifications', json: false });
  assert.deepEqual(typed('support-bundle'), { command: 'support-bundle', out: null, json: false });
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
  assert.deepEqual(typed('preview', '--csv', '--out', 'plan.json'), {
    command: 'preview',
    csv: true,
    out: 'plan.json',
    json: false,
  });
  assert.deepEqual(typed('apply', 'plan.json', '--yes', '--with-held', '--timeout', '9', '--json'), {
    command: 'apply',
    file: 'plan.json',
    yes: true,
    dryRun: false,
    withHeld: true,
    timeoutMs: 9_000,
    json: true,
  });
  assert.deepEqual(typed('retry', 'ann'), { command: 'retry', who: ['ann'], lists: [], json: false });
  assert.deepEqual(typed('retry', '--all', '--all-drift'), {
    command: 'retry',
    who: [],
    lists: ['aside', 'drift'],
    json: false,
  });
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

test('a decision about nobody, or about some and all, is refused', () => {
  assert.deepEqual(typed('undo'), { command: 'undo', who: [], all: false, json: false });
  assert.match(String(typed('undo', 'ann', '--all')), /either name people/);
  for (const command of ['release', 'approve', 'reject', 'retry']) {
    assert.match(String(typed(command, '--json')), new RegExp(`^say who to ${command}, or --all`));
    assert.match(String(typed(command, 'ann', '--all')), /^either name people or give --all.*, not both: see/);
  }
  assert.match(String(typed('preview', '--csv', '--json')), /^give --csv or --json, not both/);
  assert.match(String(typed('preview', '--out', '')), /Write the name of a file, such as plan\.json: see/);
  assert.match(String(typed('support-bundle', '--out', 'x.json', '--json')), /^give --out or --json, not both/);
  assert.match(String(typed('apply')), /^missing required argument 'file': see "connector apply --help"$/);
  assert.match(String(typed('apply', 'plan.json', '--dry-run', '--yes')), /^give --dry-run or --yes, not both/);
  assert.match(String(typed('apply', 'plan.json', '--json')), /^say --yes, or --dry-run, with --json/);
});

test('an edit of the policy has all that was typed in it, and what says a key twice, or has one dot too many, is refused with it', () => {
  const edit = typed('policy', 'set', 'onDeleted=remove', 'guard.maxLeavers=5', 'guard.maxLeaversHard=20', '--yes');
  assert.deepEqual(edit, {
    command: 'set-policy',
    wanted: { kind: 'keys', keys: { onDeleted: 'remove', guard: { maxLeavers: 5, maxLeaversHard: 20 } } },
    number: null,
    ...{ yes: true, dryRun: false, json: false },
  });
  for (const [words, refused] of [
    [['guard.maxLeavers.Hard=500'], 'there is no key guard.maxLeavers.Hard: only'],
    [['groupFilter.0=Staff'], 'there is no key groupFilter.0: only'],
    [['guard.=5'], 'there is no key guard.: only'],
    [
      ['guard={maxLeaversHard: 20}', 'guard.maxLeavers=5'],
      'give guard, or single limits such as guard.maxLeavers, not',
    ],
    [
      ['guard.maxLeavers=5', 'guard={maxLeaversHard: 20}'],
      'give guard, or single limits such as guard.maxLeavers, not',
    ],
    [['onDeleted=remove', 'onDeleted=delete'], 'onDeleted is given twice: say it once: see'],
    [['guard.maxLeavers=5', 'guard.maxLeavers=6'], 'guard.maxLeavers is given twice: say it once: see'],
  ] as const)
    assert.ok(String(typed('policy', 'set', ...words)).startsWith(refused), words.join(' '));
});

test('what is wrong is told in one line: what it is, what could be meant, and whose help tells more', () => {
  assert.equal(typed('held', '--jsn'), `unknown option '--jsn' (Did you mean --json?): see "connector held --help"`);
  assert.equal(typed('stats'), `unknown command 'stats' (Did you mean status?): see "connector --help"`);
  assert.equal(typed('help', 'stats'), `unknown command 'stats' (Did you mean status?): see "connector --help"`);
  assert.match(String(typed('held', 'ann')), /^too many arguments for 'held'.*: see "connector held --help"$/);
  for (const seconds of ['0', '-1', '', 'soon', 'Infinity'])
    assert.match(String(typed('sync', '--timeout', seconds)), /Write a number of seconds, such as 600: see/, seconds);
});

test('help lists the commands by what they are for, none twice, in lines of 80 columns at most', () => {
  const help = String(typed('--help'));
  const groups = [...help.matchAll(/^(\w+):\n((?: {2}.*\n)+)/gm)].map(([, heading, lines = '']) => [
    heading,
    ...lines
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/ +/, 1)[0]),
  ]);
  assert.deepEqual(groups.slice(1), [
    ['Look', 'status', 'check', 'preview', 'explain', 'held', 'pending', 'aside', 'drift', 'audit'],
    ['Decide', 'release', 'approve', 'reject', 'retry', 'undo'],
    ['Steer', 'sync', 'apply', 'pause', 'resume', 'debug-log', 'policy'],
    ['Access', 'tokens', 'create-token', 'revoke-token'],
    ['More', 'test-notifications', 'support-bundle', 'federation', 'completion', 'help'],
  ]);
  for (const word of ['Exit codes', 'CONNECTOR_CONFIG', 'docs/cli.md']) assert.ok(help.includes(word), word);
  const commands = commandLine(() => undefined).commands.map((command) => command.name());
  for (const each of [help, ...commands.map((name) => String(typed(name, '--help')))])
    for (const line of each.split('\n')) assert.ok(line.length <= 80, line);
});

test('help is the same after "help", as a command and as an option', () => {
  assert.equal(typed('help'), typed('--help'));
  assert.equal(typed('help', 'sync'), typed('sync', '--help'));
  assert.match(String(typed('help', 'sync')), /^Usage: connector sync \[options\]\n/);
  assert.match(String(typed()), /^Usage: connector <command>/);
});

test('the version is told with the name', () => {
  assert.match(String(typed('--version')), /^connector \d+\.\d+\.\d+\n$/);
  assert.equal(typed('-V'), typed('--version'));
});
