/**
 * `make package`: one file of a release for Debian, and its SBOM, into `dist/`. Needs what ./setup has brought, and dpkg-deb.
 *
 *   node packaging/main.ts [--version 0.2.0] [--out folder]
 *
 * The moment of the release is that of the commit, unless SOURCE_DATE_EPOCH has it (https://reproducible-builds.org/specs/source-date-epoch/).
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import manifest from '../package.json' with { type: 'json' };
import { makePackage } from './debian-package.ts';

const clone = resolve(import.meta.dirname, '..');

/** Seconds since 1970. */
async function releaseMoment(): Promise<number> {
  const given = process.env['SOURCE_DATE_EPOCH'];
  const { stdout } = given
    ? { stdout: given }
    : await promisify(execFile)('git', ['-C', clone, 'log', '-1', '--format=%ct']);
  if (!/^\d+\n?$/.test(stdout)) throw new Error('SOURCE_DATE_EPOCH is no number of seconds since 1970');
  return Number(stdout);
}

const { values } = parseArgs({ options: { version: { type: 'string' }, out: { type: 'string' } } });
const workFolder = await mkdtemp(join(tmpdir(), 'package-'));
try {
  const { deb, sbom } = await makePackage({
    clone,
    workFolder,
    outFolder: resolve(values.out ?? join(clone, 'dist')),
    version: values.version ?? manifest.version,
    epochSeconds: await releaseMoment(),
  });
  for (const file of [deb, sbom])
    console.log(
      `${createHash('sha256')
        .update(await readFile(file))
        .digest('hex')}  ${file}`,
    );
} finally {
  await rm(workFolder, { recursive: true, force: true });
}
