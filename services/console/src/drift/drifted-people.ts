/**
 * What was changed by hand at LastPass and is left so. What AD owns (names, groups) is put right by itself with every reading
 * of the accounts; an account that somebody deleted isn't created again, and one that somebody disabled isn't enabled.
 */
import { type Account, account } from '@connector/shared/account.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import { isLinkedTo, type Link, link } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { Mirror } from '@connector/sync/mirror/mirror.ts';
import { fullnameOf } from '@connector/sync/plan/make-plan.ts';
import { isDisabled, isExpired } from '@connector/sync/plan/scope.ts';
import { readAside } from '../aside/aside-people.ts';

export interface DriftedPerson {
  readonly person: PersonKey;
  readonly username: string | null;
  readonly name: string;
  readonly kind: 'deleted' | 'disabled';
  readonly reason: string;
  /** ms since 1970; `null` where nobody noted it. */
  readonly sinceMs: number | null;
}

/** Everybody whose account differs from AD because somebody wanted it so at LastPass. */
export async function readDrift(store: Store, nowMs: number): Promise<DriftedPerson[]> {
  const deleted = (await readAside(store))
    .filter(({ kind }) => kind === 'drift')
    .map(({ person, username, name, reason, sinceMs }) => ({
      person,
      username,
      name,
      kind: 'deleted' as const,
      reason,
      sinceMs,
    }));
  return [...deleted, ...(await disabledByHand(store, nowMs))];
}

/** People enabled in AD whose accounts somebody else than the connector has disabled. */
async function disabledByHand(store: Store, nowMs: number): Promise<DriftedPerson[]> {
  const { redis, keys } = store;
  const accounts = await redis.hgetall(keys.accounts);
  const links = Object.entries(await redis.hgetall(keys.links)).flatMap(([person, raw]) => {
    const linked = parseStored(link, keys.links, raw).value;
    return linked === null ? [] : [{ person, linked }];
  });
  const stopped = links.filter(({ linked }) => {
    const found = parseStored(account, keys.accounts, accounts[linked.username] ?? null).value;
    return found !== null && isStoppedByHand(linked, found);
  });
  const drifted: DriftedPerson[] = [];
  for (const [directory, these] of Map.groupBy(stopped, ({ person }) => partsOfPerson(person).directory)) {
    const current = await currentGeneration(store, directory);
    if (current === null) continue;
    const mirror = new Mirror(redis, keys.directory(directory).mirror(current.generation));
    const objects = await mirror.objects(these.map(({ person }) => partsOfPerson(person).guid));
    for (const { person, linked } of these) {
      const object = objects.get(partsOfPerson(person).guid);
      if (!object || object.deleted || object.absent || isDisabled(object) || isExpired(object, nowMs)) continue;
      const reason =
        'disabled at LastPass by somebody else, and enabled in Active Directory: enable it there if it should be';
      const { username } = linked;
      drifted.push({ person, username, name: fullnameOf(object), kind: 'disabled', reason, sinceMs: null });
    }
  }
  return drifted;
}

const isStoppedByHand = (linked: Link, found: Account): boolean =>
  found.disabled && !linked.disabledByUs && isLinkedTo(linked, found);
