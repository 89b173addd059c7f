/** The `connector` command with whatever arguments: it ends with 0, 1 or 2 and says what is wrong in one line. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CommanderError } from 'commander';
import fc from 'fast-check';
import { commandLine } from '../../services/console/src/command-line/command-line.ts';
import { WrongUsage } from '../../services/console/src/command-line/wrong-usage.ts';
import { Workplace } from '../console/workplace.ts';
import { nastyText, spoiltText } from './nasty-values.ts';
import { holds } from './runs.ts';

const looking = ['status', 'held', 'pending', 'aside', 'drift', 'help'] as const;
const commands = [
  ...looking,
  'release',
  'reject',
  'approve',
  'retry',
  'undo',
  'pause',
  'resume',
  'sync',
  'check',
  'preview',
] as const;
const options = [
  '--json',
  '--all',
  '--csv',
  '--full',
  '--help',
  '--version',
  '--timeout',
  '1s',
  '--no-wait',
  '--',
  '-h',
  '-V',
] as const;
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...options) },
  { weight: 1, arbitrary: nastyText },
  { weight: 1, arbitrary: spoiltText(fc.constantFrom(...commands, ...options)) },
);
const argumentsOf = (command: fc.Arbitrary<string>) =>
  fc.tuple(command, fc.array(word, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]);

test('any arguments are a command, help, or wrong usage in one line that says where to look', async (context) => {
  const anyCommand = fc.oneof(fc.constantFrom(...commands), word);
  const property = fc.property(argumentsOf(anyCommand), (args) => {
    let typed = 0;
    const program = commandLine(() => typed++);
    for (const each of [program, ...program.commands])
      each.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    try {
      program.parse(['node', 'connector', ...args]);
      assert.equal(typed, 1);
    } catch (error) {
      if (error instanceof CommanderError) return;
      assert.ok(error instanceof WrongUsage, (error as Error).stack);
      assert.match(error.message, /: see "connector[^"]* --help"$/);
    }
  });
  await holds(context, property, { runs: 1_500 });
});

describe('the command as a process', () => {
  let workplace: Workplace;
  before(async () => {
    workplace = await Workplace.create();
  });
  after(() => workplace[Symbol.asyncDispose]());

  test('ends with 0, 1 or 2, and without a stack', async (context) => {
    const args = argumentsOf(fc.constantFrom(...looking)).filter((all) =>
      all.every((each) => !each.includes('\0') && each.length < 10_000),
    );
    const property = fc.asyncProperty(args, async (all) => {
      const { code, output } = await workplace.run(...all);
      assert.ok(code === 0 || code === 1 || code === 2, `${code}: ${output}`);
      assert.doesNotMatch(output, /^\s+at \S|node:internal|Error: /m);
      if (code === 2)
        assert.equal(output.split('\n').filter((line) => line.startsWith('connector: ')).length <= 1, true, output);
    });
    await holds(context, property, { runs: 20 });
  });
});
