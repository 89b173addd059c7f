/** People whose accounts were disabled within the last day, and undoing it by a person's word. */
import { auditWrite } from '@connector/shared/audit.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { type Decision, type Disabling, disabling, link } from '@connector/shared/plan.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { TICK } from '@connector/shared/transaction.ts';
import { isFree } from '@connector/sync/accounts/account-changes.ts';
import { hashParts } from '../hash-parts.ts';

/** For so long a disabling can be undone, ms. */
export const undoableForMs = 24 * 3_600_000;

export interface UndoablePerson extends Disabling {
  readonly person: PersonKey;
  /** As stored: an undoing holds only while it is this. */
  readonly raw: string;
}

/** Everybody whose account we disabled within the last day, and is still disabled by us; the latest first. */
export async function readUndoable({ redis, keys }: Store, nowMs: number): Promise<UndoablePerson[]> {
  const undoable = new Map<PersonKey, UndoablePerson>(); // one may come twice
  for await (const part of hashParts(redis, keys.disablings)) {
    const links = await redis.hmget(keys.links, ...part.keys());
    for (const [index, [person, raw]] of [...part].entries()) {
      const { value } = parseStored(disabling, keys.disablings, raw);
      const linked = parseStored(link, keys.links, links[index] ?? null).value;
      const isOurs = value !== null && nowMs - value.atMs < undoableForMs && linked?.disabledByUs === true;
      if (isOurs) undoable.set(person, { ...value, person, raw });
    }
  }
  return [...undoable.values()].sort((a, b) => b.atMs - a.atMs || a.name.localeCompare(b.name));
}

/** What became of an undoing: done, or the person has changed meanwhile, or is being delivered right now. */
export type Undone = 'undone' | 'changed';

/** Has an account enabled again, and not disabled for the same reason as long as it holds. */
export async function undo(
  { redis, keys, commit }: Store,
  { person, raw, digest, name, username, because }: UndoablePerson,
  { by, atMs }: { by: string; atMs: number },
): Promise<Undone> {
  const decision: Decision = { guarded: digest, verdict: 'undone', by, atMs };
  const [linkRaw, claim] = await Promise.all([redis.hget(keys.links, person), redis.hget(keys.claims, person)]);
  if (parseStored(link, keys.links, linkRaw).value?.disabledByUs !== true || !isFree(claim)) return 'changed';
  const { committed } = await commit({
    guards: [
      { command: ['HGET', keys.disablings, person], is: raw },
      { command: ['HGET', keys.links, person], is: linkRaw },
      { command: ['HGET', keys.claims, person], is: claim },
    ],
    writes: [
      ['HSET', keys.decisions, person, JSON.stringify(decision)],
      ['HDEL', keys.disablings, person],
      ['ZREM', keys.recentLeavers, person],
      ['SET', keys.judgementInputs, TICK],
      ...touch(keys, [person]),
      auditWrite(keys, {
        ...{ atMs, by, did: 'undone', of: { kind: 'person', id: person, name }, source: null },
        ...{ was: { username, disabled: true, because }, is: { username, disabled: false } },
      }),
    ],
  });
  return committed ? 'undone' : 'changed';
}
