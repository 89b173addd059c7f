/**
 * Lays the program out as it runs: Node, what production needs of npm's packages, our modules compiled, the page. The folders are as
 * in the clone, so that whatever is found by its path is found here, too.
 */
import { execFile } from 'node:child_process';
import { constants, copyFile, cp, glob, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { compile, compiledName } from './compile.ts';
import type { LockedPackage } from './lock-file.ts';

/** Workspaces that don't run there: the simulator is for rehearsals, and the page is built. */
const leftOut = ['packages/page', 'services/lastpass-simulator'];
/** What nobody loads: for whoever writes TypeScript, or reads. Licences stay. */
const unused = /\.(?:md|markdown|map|d\.[cm]?ts)$/;
/** Nor this: what npm keeps for itself, and packages that a package has of its own, which come by themselves. */
const own = ['node_modules', '.bin'];

export interface ProgramOptions {
  /** The clone, with npm's packages. */
  readonly clone: string;
  /** Where it goes. */
  readonly folder: string;
  readonly version: string;
  readonly packages: readonly LockedPackage[];
}

/** Writes it. @throws Error when the clone lacks something, or the page can't be built */
export async function layOut({ clone, folder, version, packages }: ProgramOptions): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await copyFile(process.execPath, join(folder, 'bin/node'), constants.COPYFILE_FICLONE);
  for (const { path } of packages) await copyPackage(join(clone, path), join(folder, path));
  await mkdir(join(folder, 'node_modules/@connector'), { recursive: true });
  for await (const { parentPath } of glob('{packages,services}/*/package.json', { cwd: clone, withFileTypes: true })) {
    const workspace = relative(clone, parentPath);
    if (leftOut.includes(workspace)) continue;
    await compileWorkspace(join(clone, workspace), join(folder, workspace), version);
    await symlink(`../../${workspace}`, join(folder, 'node_modules/@connector', basename(workspace)));
  }
  const vite = [join(clone, 'node_modules/vite/bin/vite.js'), 'build', join(clone, 'packages/page')];
  // Each writes to a folder of its own: several builds at once don't get into each other's way.
  const options = [
    '--outDir',
    join(folder, 'packages/page/dist'),
    '--emptyOutDir',
    '--bypass-lock',
    '--logLevel',
    'error',
  ];
  // The names that it gives to files depend on the folder it is called in.
  await promisify(execFile)(process.execPath, [...vite, ...options], { cwd: clone });
}

async function copyPackage(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    filter: (source) => source === from || !(unused.test(source) || own.includes(basename(source))),
  });
}

/** A workspace's modules but for tests and what only they use, and its package.json with the version of the release. */
async function compileWorkspace(from: string, to: string, version: string): Promise<void> {
  const manifest: unknown = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'));
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'package.json'), `${JSON.stringify({ ...Object(manifest), version }, null, 2)}\n`);
  for await (const path of glob('src/**/*.ts', { cwd: from })) {
    if (/\.test\.ts$|\/testing\//.test(path)) continue;
    const target = join(to, compiledName(path));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, compile(await readFile(join(from, path), 'utf8')));
  }
}
