/**
 * People of whom only an account still speaks. When what Redis remembered is lost, a directory's first read doesn't tell who
 * was deleted meanwhile; the accounts' attribs do. They are looked up, which proves what became of them.
 */
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import type { State } from '@connector/shared/state.ts';
import { manyValues } from '@connector/shared/transaction.ts';
import { attestedIn } from '../accounts/attested.ts';
import { Mirror } from './mirror.ts';

/**
 * Has everybody looked up whom an account's attribs name, and whom the directory's mirror doesn't know at all. A full read does
 * so too; this is for accounts that were read after it.
 * @returns their objectGUIDs; none before the directory's first complete read
 */
export async function askForForgotten(state: State, directory: string): Promise<string[]> {
  const { redis, keys, commit } = state;
  const current = await currentGeneration(state, directory);
  if (current === null) return [];
  const own = keys.directory(directory);
  const attested = await attestedIn(state, directory);
  const known = await new Mirror(redis, own.mirror(current.generation)).objects(attested);
  const forgotten = [...attested].filter((guid) => !known.has(guid));
  if (forgotten.length > 0) await commit({ guards: [], writes: manyValues(['SADD', own.lookups], forgotten) });
  return forgotten;
}

/** What decides whom `askForForgotten` finds: as long as it is the same, it needn't be asked. */
export async function forgottenVersion(state: State, directory: string): Promise<string> {
  const current = await currentGeneration(state, directory);
  return `${current?.generation ?? ''} ${(await state.redis.get(state.keys.accountsRead)) ?? ''}`;
}
