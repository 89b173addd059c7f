/**
 * Whom an account was created for, by its own word: `attribs` carry the objectGUID and the directory of a created account's person
 * (API reference, batchadd). So a link is found again when what Redis remembered is lost; an adopted account has none.
 */
import { type Account, account } from '@connector/shared/account.ts';
import { type Keys, type PersonKey, partsOfPerson, personKey } from '@connector/shared/keys.ts';
import { indexEntry, inIndex } from '@connector/shared/people-with-mail.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';

/** The person whom an account's attribs name; `null` where they name none. */
export const attestedPerson = ({ objectGuid, directory }: Account): PersonKey | null =>
  objectGuid === null || directory === null ? null : personKey(directory, objectGuid);

/**
 * The writes that note an account as LastPass has it; `null`: it has none of that name.
 * @param before as it was noted, where that is known: whom it named isn't looked for under that name any more
 */
export function accountWrites(
  { accounts, attested }: Keys,
  username: string,
  { now, before = null }: { now: Account | null; before?: Account | null },
): string[][] {
  const [named, wasNamed] = [now, before].map((each) => (each === null ? null : attestedPerson(each)));
  return [
    now === null ? ['HDEL', accounts, username] : ['HSET', accounts, username, JSON.stringify(now)],
    ...(wasNamed && wasNamed !== named ? [['ZREM', attested, indexEntry(wasNamed, username)]] : []),
    ...(named ? [['ZADD', attested, '0', indexEntry(named, username)]] : []),
  ];
}

/** An account as stored. */
export interface StoredAccount {
  readonly account: Account;
  readonly raw: string;
}

/** The accounts whose attribs name a person, and the guards that hold as long as it is these. */
export async function accountsAttesting(
  { redis, keys }: State,
  person: PersonKey,
): Promise<{ readonly found: readonly StoredAccount[]; readonly guards: readonly Guard[] }> {
  const usernames = await inIndex(redis, keys.attested, person);
  const raws = await Promise.all(usernames.map((username) => redis.hget(keys.accounts, username)));
  const [from, to] = [`[${indexEntry(person, '')}`, `(${person}\u0001`];
  return {
    found: raws.flatMap((raw) => {
      const { value } = parseStored(account, keys.accounts, raw);
      return raw !== null && value !== null && attestedPerson(value) === person ? [{ account: value, raw }] : [];
    }),
    guards: [
      { command: ['ZLEXCOUNT', keys.attested, from, to], is: String(usernames.length) },
      ...usernames.map((username, index) => ({
        command: ['HGET', keys.accounts, username],
        is: raws[index] ?? null,
      })),
    ],
  };
}

/** objectGUIDs of a directory's people whom any account's attribs name, as far as is noted. */
export async function attestedIn({ redis, keys }: State, directory: string): Promise<Set<string>> {
  const start = personKey(directory, '');
  const entries = await redis.zrangebylex(keys.attested, `[${start}`, `(${start}\u00ff`);
  return new Set(entries.map((entry) => partsOfPerson(entry.slice(0, entry.indexOf('\0'))).guid));
}
