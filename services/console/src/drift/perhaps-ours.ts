/**
 * Accounts that may have been ours before what Redis remembered was lost. Without attribs nothing proves it: they are strangers,
 * who are left alone, and this list is all that is done about them. What speaks for it: they are in groups that Active Directory
 * owns, or invited, and nobody in scope there has their address.
 */
import { type Account, account } from '@connector/shared/account.ts';
import { partsOfPerson } from '@connector/shared/keys.ts';
import { folded, peopleWithMail } from '@connector/shared/people-with-mail.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { attestedPerson } from '@connector/sync/accounts/attested.ts';
import { hashParts } from '../hash-parts.ts';

export interface PerhapsOurs {
  readonly username: string;
  readonly name: string;
  /** Those of its groups that AD owns. */
  readonly groups: readonly string[];
  readonly reason: string;
}

/** Every account that may have been ours, by user name. */
export async function readPerhapsOurs(store: Store, directories: readonly string[]): Promise<PerhapsOurs[]> {
  const { redis, keys } = store;
  const linked = new Set(await redis.hkeys(keys.linked));
  const owned = new Set(await redis.hkeys(keys.ownedGroups));
  const found = new Map<string, PerhapsOurs>(); // one may come twice
  for await (const part of hashParts(redis, keys.accounts))
    for (const [username, raw] of part) {
      if (linked.has(username)) continue;
      const { value } = parseStored(account, keys.accounts, raw);
      if (value === null || isProved(value, directories)) continue;
      const groups = value.groups.filter((name) => owned.has(folded(name)));
      if (groups.length === 0 && !value.invited) continue;
      const reason = await whyStranger(store, directories, value);
      if (reason !== null) found.set(username, { username, name: value.fullname, groups, reason });
    }
  return [...found.values()].sort((a, b) => a.username.localeCompare(b.username));
}

/** Attribs tell whose it is: then the person is held, or set aside, by name. */
function isProved(candidate: Account, directories: readonly string[]): boolean {
  const person = attestedPerson(candidate);
  return person !== null && directories.includes(partsOfPerson(person).directory);
}

/** Why nobody is linked to an account; `null` where another list tells, or it isn't planned yet. */
async function whyStranger(
  store: Store,
  directories: readonly string[],
  { username }: Account,
): Promise<string | null> {
  const { redis, keys } = store;
  const holders = await peopleWithMail(store, directories, [username]);
  if (holders.length === 0) return 'nobody in Active Directory has this address';
  for (const holder of holders) {
    const [aside, unplanned] = await Promise.all([
      redis.hget(keys.setAside, holder),
      redis.zscore(keys.toPlan, holder),
    ]);
    if (aside !== null || unplanned !== null) return null;
  }
  return 'who has this address in Active Directory is not in scope';
}
