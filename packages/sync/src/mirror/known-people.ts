/** People by where they are known: in a LastPass group, linked, in a mirror. */
import { account } from '@connector/shared/account.ts';
import { type PersonKey, personKey } from '@connector/shared/keys.ts';
import { currentGeneration, folded } from '@connector/shared/people-with-mail.ts';
import { link } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { Mirror } from './mirror.ts';

/** The linked people whose accounts are in LastPass groups of these names. */
export async function membersAtLastPass({ redis, keys }: State, groupNames: ReadonlySet<string>): Promise<PersonKey[]> {
  if (groupNames.size === 0) return [];
  const accounts = (await redis.hvals(keys.accounts)).flatMap(
    (raw) => parseStored(account, keys.accounts, raw).value ?? [],
  );
  const members = accounts
    .filter(({ groups }) => groups.some((name) => groupNames.has(folded(name))))
    .map(({ username }) => username);
  const people = members.length === 0 ? [] : await redis.hmget(keys.linked, ...members);
  return people.filter((person) => person !== null);
}

/** The user names of these people's linked accounts: not always their mails. */
export async function linkedUsernames({ redis, keys }: State, people: readonly PersonKey[]): Promise<string[]> {
  const raws = people.length === 0 ? [] : await redis.hmget(keys.links, ...people);
  return raws.flatMap((raw) => parseStored(link, keys.links, raw).value?.username ?? []);
}

/** Everybody who is linked, of all directories. */
export const linkedPeople = ({ redis, keys }: State): Promise<PersonKey[]> => redis.hkeys(keys.links);

/** Everybody whom a directory's mirror knows. */
export async function* mirroredPeople(store: State, directory: string): AsyncGenerator<PersonKey> {
  const current = await currentGeneration(store, directory);
  if (current === null) return;
  const mirror = new Mirror(store.redis, store.keys.directory(directory).mirror(current.generation));
  for await (const page of mirror.everything())
    for (const [guid, { kind }] of page) if (kind === 'user') yield personKey(directory, guid);
}
