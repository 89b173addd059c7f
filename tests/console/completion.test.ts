/** `connector completion`: real shells, given its script, offer what may be typed and nothing else. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { Command } from 'commander';
import { commandLine } from '../../services/console/src/command-line/command-line.ts';
import { shells } from '../../services/console/src/completion/completion-script.ts';
import { Program } from '../support/child-process.ts';
import { askingShells } from '../support/shell-completion.ts';

const script = resolve(import.meta.dirname, '../../services/console/src/connector.ts');
const program: Command = commandLine(() => undefined);
const commands = program.createHelp().visibleCommands(program);
let dir: string;

/** Runs the command without configuration and without Redis. */
async function connector(...args: string[]) {
  const env = { CONNECTOR_CONFIG: join(dir, 'there-is-none.yaml') };
  await using running = new Program({ command: process.execPath, args: [script, ...args], env });
  return { code: await running.ended, output: running.output };
}

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'connector-completion-'));
  await mkdir(join(dir, 'here'));
  for (const name of ['plan.json', 'plan with spaces.json', 'other.txt']) await writeFile(join(dir, 'here', name), '');
  for (const shell of shells) {
    const { code, output } = await connector('completion', shell);
    assert.equal(code, 0);
    await writeFile(join(dir, `script.${shell}`), output);
  }
});
after(() => rm(dir, { recursive: true, force: true }));

const flagsOf = (command: Command): string[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));

for (const shell of shells) {
  /** What the shell offers, sorted. fish offers a value together with what stands before it. */
  const offered = async (line: string): Promise<string[]> => {
    const words = await askingShells[shell](line, { script: join(dir, `script.${shell}`), cwd: join(dir, 'here') });
    return words.map((word) => (word.endsWith('=') ? word : word.replace(/^[\w.-]+=/, ''))).sort();
  };
  const offers = async (line: string, words: readonly string[]) =>
    assert.deepEqual(await offered(line), [...words].sort(), line);

  test(`${shell} offers every command of the program, and nothing else`, async () => {
    const names = commands.map((command) => command.name());
    assert.ok(names.length > 20);
    await offers('connector ', names);
    await offers('connector help ', names);
    await offers('connector he', ['held', 'help']);
    await offers('connector -', flagsOf(program));
  });

  test(`${shell} offers every option of every command, and nothing else`, async () => {
    for (const command of commands) await offers(`connector ${command.name()} -`, flagsOf(command));
  });

  test(`${shell} offers the words that an argument or an option takes`, async () => {
    for (const command of commands) {
      const [argument] = command.registeredArguments;
      if (argument?.argChoices) await offers(`connector ${command.name()} `, argument.argChoices);
      for (const { long, argChoices } of command.options)
        if (argChoices) await offers(`connector ${command.name()} ${long} `, argChoices);
    }
    await offers('connector audit --limit 5 ', ['list', 'export', 'verify']);
    await offers('connector create-token --role=adm', ['administrator']);
  });

  test(`${shell} offers files where files are taken, and nowhere else`, async () => {
    const files = ['other.txt', 'plan with spaces.json', 'plan.json'];
    await offers('connector apply ', files);
    await offers('connector apply o', ['other.txt']);
    await offers('connector preview --out ', files);
    await offers('connector support-bundle --out=o', ['other.txt']);
    for (const line of ['explain o', 'sync o', 'sync --timeout o', 'apply plan.json o', 'policy set o=o', 'nothing o'])
      await offers(`connector ${line}`, []);
  });

  test(`${shell} offers the keys of the policy, and their words`, async () => {
    const limits = ['maxLeavers', 'maxLeaversPercent', 'maxLeaversHard', 'firstCreates'];
    const guard = limits.map((limit) => `guard.${limit}=`);
    const actions = ['onDetected=', 'onDeleted=', 'onDisabled=', 'onRemovedFromFilter='];
    const lists = ['federation=', 'groupFilter=', 'excludeUsers=', 'excludeGroups='];
    await offers('connector policy set ', [...actions, ...lists, 'memberships=', ...guard]);
    await offers('connector policy set --dry-run onDeleted=delete guard.', guard);
    await offers('connector policy set onDeleted=', ['disable', 'remove', 'delete', 'nothing']);
    await offers('connector policy set onDeleted=delete memberships=f', ['filtered']);
    for (const line of ['set groupFilter=', 'rollback ', 'rollback onD', 'get onD'])
      await offers(`connector policy ${line}`, []);
  });
}

test('a script says how it is installed in the help, needs no configuration, and is there for three shells', async () => {
  const help = await connector('completion', '--help');
  for (const shell of shells) assert.match(help.output, new RegExp(`connector completion ${shell}\\b`));
  const { code, output } = await connector('completion', 'tcsh');
  assert.equal(code, 2);
  assert.match(output, /Allowed choices are bash, zsh, fish/);
});
