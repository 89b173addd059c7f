/**
 * What was changed by hand at LastPass and is left so. What AD owns (names, groups) is put right by itself with every reading
 * of the accounts; an account that somebody deleted isn't created again, and one that somebody disabled isn't enabled.
 */
import { type Account, account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { isLinkedTo, type Link, link } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { readKnown } from '@connector/sync/plan/known-state.ts';
import { fullnameOf } from '@connector/sync/plan/make-plan.ts';
import { inputsFor } from '@connector/sync/plan/plan-inputs.ts';
import { openContext, type PlanningOptions } from '@connector/sync/plan/planning-context.ts';
import { isDisabled, isExpired } from '@connector/sync/plan/scope.ts';
import { readAside } from '../aside/aside-people.ts';
import { hashParts } from '../hash-parts.ts';

export interface DriftedPerson {
  readonly person: PersonKey;
  readonly username: string | null;
  readonly name: string;
  readonly kind: 'deleted' | 'disabled';
  readonly reason: string;
  /** ms since 1970; `null` where nobody noted it. */
  readonly sinceMs: number | null;
}

/** Everybody whose account differs from AD because somebody wanted it so at LastPass, as far as they should have one. */
export async function readDrift(planning: PlanningOptions & { store: Store }): Promise<DriftedPerson[]> {
  const { store } = planning;
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
  return [...deleted, ...(await disabledByHand(planning))];
}

/** People enabled in AD whose accounts somebody else than the connector has disabled. */
async function disabledByHand(planning: PlanningOptions & { store: Store }): Promise<DriftedPerson[]> {
  const { store } = planning;
  const { redis, keys } = store;
  const stopped = new Map<PersonKey, Link>(); // one may come twice
  for await (const part of hashParts(redis, keys.links)) {
    const links = [...part].flatMap(([person, raw]) => {
      const linked = parseStored(link, keys.links, raw).value;
      return linked === null ? [] : [{ person, linked }];
    });
    const accounts = await redis.hmget(keys.accounts, ...links.map(({ linked }) => linked.username));
    for (const [index, { person, linked }] of links.entries()) {
      const found = parseStored(account, keys.accounts, accounts[index] ?? null).value;
      if (found !== null && isStoppedByHand(linked, found)) stopped.set(person, linked);
    }
  }
  const context = stopped.size === 0 ? null : await openContext(planning);
  if (context === null) return [];
  const drifted: DriftedPerson[] = [];
  for (const [person, linked] of stopped) {
    const gathered = await inputsFor(context, await readKnown(store, person));
    if (gathered === null || gathered === 'in delivery') continue;
    const { person: object, outOfScope, nowMs } = gathered.inputs;
    const leaves =
      outOfScope !== null || object.deleted || object.absent || isDisabled(object) || isExpired(object, nowMs);
    if (leaves) continue;
    const reason = linked.regained || linked.disabledBy ? whomNobodyKnows : byHand;
    const { username } = linked;
    drifted.push({ person, username, name: fullnameOf(object), kind: 'disabled', reason, sinceMs: null });
  }
  return drifted;
}

const byHand =
  'disabled at LastPass, not by the connector as far as it remembers, and enabled in Active Directory: enable it there if it should be';
const whomNobodyKnows =
  'disabled when what the connector remembered was lost, by whom is not known any more: see "connector held", or enable it at LastPass';

const isStoppedByHand = (linked: Link, found: Account): boolean =>
  found.disabled && !linked.disabledByUs && isLinkedTo(linked, found);
