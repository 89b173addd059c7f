/**
 * `make chaos-bugs`: plants one bug after the other in a copy of this tree, and runs chaos on it until it is found.
 *
 *   FAULTS=300 BUG=fence node tests/chaos/find-planted-bugs.ts
 *
 * `BUG`: only those whose name has this part. `SEED`: of each run, else a new one. Exit code 1 unless all were found.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chosenSeed } from '../acceptance/random.ts';
import { Program } from '../support/child-process.ts';
import { type PlantedBug, plantedBugs } from './planted-bugs.ts';

const root = resolve(import.meta.dirname, '../..');
const folders = ['packages', 'services', 'tests', 'demo', 'package.json', 'tsconfig.json'];

/** Copies what runs. Modules of others are linked, and our own packages are those of the copy. */
async function copyTree(to: string): Promise<void> {
  for (const name of folders) await cp(join(root, name), join(to, name), { recursive: true, verbatimSymlinks: true });
  await mkdir(join(to, 'node_modules/@connector'), { recursive: true });
  for (const name of await readdir(join(root, 'node_modules')))
    if (name !== '@connector') await symlink(join(root, 'node_modules', name), join(to, 'node_modules', name));
  for (const name of await readdir(join(root, 'node_modules/@connector'))) {
    const link = join('node_modules/@connector', name);
    await symlink(await readlink(join(root, link)), join(to, link));
  }
  await mkdir(join(root, '.cache'), { recursive: true });
  await symlink(join(root, '.cache'), join(to, '.cache'));
}

/** @throws Error when the product's text isn't what the bug replaces: the bug has to follow it */
async function plant({ name, replacements }: PlantedBug, tree: string): Promise<void> {
  for (const { file, text, by } of replacements) {
    const path = join(tree, file);
    const before = await readFile(path, 'utf8');
    const times = before.split(text).length - 1;
    if (times !== 1) throw new Error(`"${name}" replaces a text that occurs ${times} times in ${file}: ${text}`);
    await writeFile(
      path,
      before.replace(text, () => by),
    );
  }
}

async function find(bug: PlantedBug, { faults, seed }: { faults: number; seed: number }): Promise<boolean> {
  const tree = await mkdtemp(join(tmpdir(), 'planted-'));
  try {
    await copyTree(tree);
    await plant(bug, tree);
    await using run = new Program({
      command: process.execPath,
      args: [join(tree, 'tests/chaos/main.ts')],
      cwd: tree,
      env: { FAULTS: String(faults), SEED: String(seed), SHRINK: '0' },
    });
    const code = await run.ended;
    const after = /^wrong after (\d+) faults$/m.exec(run.output)?.[1];
    const [difference = ''] = /what differs:\n\s*(.*)/.exec(run.output)?.slice(1) ?? [];
    if (code === 0) console.log(`not found in ${faults} faults, SEED=${seed}: ${bug.name}`);
    else if (after === undefined)
      console.log(`ended without a verdict: ${bug.name}\n${run.lines.slice(-15).join('\n')}`);
    else console.log(`found after ${after} faults, SEED=${seed}: ${bug.name}\n  ${difference}`);
    return after !== undefined;
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

// What was started ends with us, as it does at an exit and doesn't at a signal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const faults = Number(process.env['FAULTS'] ?? 300);
const part = (process.env['BUG'] ?? '').toLowerCase();
const chosen = plantedBugs.filter(({ name }) => name.toLowerCase().includes(part));
if (chosen.length === 0) throw new Error(`no planted bug has "${part}" in its name`);
let found = 0;
for (const bug of chosen) if (await find(bug, { faults, seed: chosenSeed() })) found++;
console.log(`${found} of ${chosen.length} planted bugs found`);
process.exitCode = found === chosen.length ? 0 : 1;
