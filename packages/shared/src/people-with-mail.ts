/** Finding people by address, in the index of every directory's mirror. */
import { mirrorState } from './directory-state.ts';
import { type MirrorKeys, type PersonKey, personKey } from './keys.ts';
import type { Reader, State } from './state.ts';
import { parseStored } from './store.ts';

/** How addresses and names are compared: neither AD nor LastPass tells them apart by case. */
export const folded = (text: string): string => text.trim().toLowerCase();

/** An entry of a by-name index, which is read by range: `<name>\0<objectGUID>`. */
export const indexEntry = (name: string, guid: string): string => `${name}\0${guid}`;

/** objectGUIDs that an index of a mirror has under a name, whatever its case. */
export async function inIndex(redis: Reader, index: string, name: string): Promise<string[]> {
  const start = indexEntry(folded(name), '');
  const entries = await redis.zrangebylex(index, `[${start}`, `(${folded(name)}\u0001`);
  return entries.map((entry) => entry.slice(start.length));
}

/** The generation that plans are made from, in one directory; `null` before the first complete read. */
export async function currentGeneration({ redis, keys }: State, directory: string) {
  const key = keys.directory(directory).mirrorState;
  return parseStored(mirrorState, key, await redis.get(key)).value?.current ?? null;
}

/** The live people of these directories who hold one of these addresses. */
export async function peopleWithMail(
  store: State,
  directories: readonly string[],
  mails: Iterable<string>,
): Promise<PersonKey[]> {
  const asked = [...mails];
  if (asked.length === 0) return [];
  const found: PersonKey[] = [];
  for (const directory of directories) {
    const current = await currentGeneration(store, directory);
    if (current === null) continue;
    const { mails: index }: MirrorKeys = store.keys.directory(directory).mirror(current.generation);
    const holders = await Promise.all(asked.map((mail) => inIndex(store.redis, index, mail)));
    found.push(...holders.flat().map((guid) => personKey(directory, guid)));
  }
  return found;
}
