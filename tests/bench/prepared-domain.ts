/** The measured company as a domain, ready to be unpacked: made once, in some two minutes, and kept in `.cache`. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SambaDomain } from '../support/samba-domain.ts';
import { type CompanySize, ldifOf } from './company.ts';

const cacheDir = resolve(import.meta.dirname, '../../.cache');

/**
 * The file of a domain with this company, for `snapshot` of a `Stack`. What the company consists of is part of its name, so
 * that another company never passes for it.
 */
export async function preparedDomain(size: CompanySize, say: (line: string) => void): Promise<string> {
  const hash = createHash('sha256').update(ldifOf(size, 'DC=example,DC=test')).digest('hex').slice(0, 12);
  const file = join(cacheDir, `bench-${size.people}-${hash}.tar`);
  if (existsSync(file)) return file;
  say(`prepares a domain of ${size.people} people, once; this takes minutes`);
  const dir = await mkdtemp(join(tmpdir(), 'bench-domain-'));
  const scratch = `${file}.${process.pid}`;
  try {
    await using domain = await SambaDomain.create({ dir: join(dir, 'domain') });
    await domain.load(ldifOf(size, domain.baseDn));
    await domain.snapshot(scratch);
    await rename(scratch, file);
  } finally {
    await rm(scratch, { force: true });
    await rm(dir, { recursive: true, force: true });
  }
  return file;
}
