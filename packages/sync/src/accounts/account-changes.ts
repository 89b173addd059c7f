/** What is now true of accounts, as writes. Pure, but for finding who waits for an address. */
import type { Account } from '@connector/shared/account.ts';
import type { NewAuditEntry } from '@connector/shared/audit.ts';
import type { Keys, PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { peopleWithMail } from '@connector/shared/people-with-mail.ts';
import type { Disabling, Intent, Link, SetAside, Step } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { TICK } from '@connector/shared/transaction.ts';
import { accountWrites } from './attested.ts';

/** What a record changes about one person. A key that is missing leaves the thing as it is. */
export interface Change {
  readonly person: PersonKey;
  readonly username: string;
  /** `null`: LastPass doesn't have it. */
  readonly account?: Account | null;
  /** `null`: the link ends. */
  readonly link?: Link | null;
  /** `null`: the person's create of this user name is over. Until then nobody else creates or takes it. */
  readonly intent?: Intent | null;
  readonly setAside?: SetAside | null;
  /** The account was disabled, which can be undone for a while. */
  readonly disabling?: Disabling;
  /** How many calls about the person in a row had no conclusive answer. */
  readonly misses?: number;
  /** Steps that were done by it, to be counted. */
  readonly delivered?: readonly Step['kind'][];
  /** What the audit trail is told of it; several people's go together, so whoever commits the change writes it. */
  readonly noted?: readonly NewAuditEntry[];
  /** What becomes of the claim; without a word it stays. */
  readonly claim?:
    | { readonly kind: 'finish' } // planned again, which finds nothing left to do, as a rule
    | { readonly kind: 'over' } // all that was planned is done, and nothing that it was planned from has changed
    | { readonly kind: 'drop' } // nothing to deliver any more
    | { readonly kind: 'give-back'; readonly isUnsettled?: boolean } // due at once, as if it had never been claimed
    | { readonly kind: 'wait'; readonly untilMs: number } // nothing was tried: it doesn't count as a failure
    | { readonly kind: 'postpone'; readonly untilMs: number; readonly isUnsettled?: boolean };
}

/** Owner of claims of those for whom something was sent whose effect is unknown (`isUnsettled`): whoever claims them next asks LastPass first. */
export const noOwner = '-#0';

/** Whether nobody is at somebody's account. @param claim as stored; `null`: none */
export const isFree = (claim: string | null): boolean => claim === null || claim === noOwner;

/**
 * Who has an address that changes hands by these changes: they may have waited for one that is free now, and have to wait for one to which
 * somebody's account has moved.
 */
export function peopleWaitingFor(
  state: State,
  directories: readonly string[],
  changes: readonly Change[],
): Promise<PersonKey[]> {
  const freed = changes.filter(({ account, link }) => account === null || link === null);
  const people = new Set(freed.map(({ person }) => person));
  const usernames = changes.filter(({ person }) => people.has(person)).map(({ username }) => username);
  return peopleWithMail(
    state,
    directories,
    usernames.filter((username) => username !== ''),
  );
}

/** The writes that link a person to an account. */
export const linkWrites = ({ links, linked, linkedIds }: Keys, person: PersonKey, link: Link): string[][] => [
  ['HSET', links, person, JSON.stringify(link)],
  ['HSET', linked, link.username, person],
  ...(link.id === null ? [] : [['HSET', linkedIds, link.id, person]]),
];

/** The writes that end a person's link to an account. */
export const unlinkWrites = ({ links, linked }: Keys, person: PersonKey, username: string): string[][] => [
  ['HDEL', links, person],
  ['HDEL', linked, username],
];

/** The writes that make a change. */
export function writesOf(keys: Keys, change: Change): string[][] {
  const { person, username, account, link, intent, setAside, misses, disabling, delivered = [] } = change;
  const writes = delivered.map((kind) => ['HINCRBY', keys.delivered, kind, '1']);
  if (disabling !== undefined) writes.push(['HSET', keys.disablings, person, JSON.stringify(disabling)]);
  if (account !== undefined) {
    writes.push(...accountWrites(keys, username, { now: account }));
    writes.push(['HSET', keys.accountChanges, username, TICK]);
  }
  if (link === null) writes.push(...unlinkWrites(keys, person, username));
  else if (link !== undefined) writes.push(...linkWrites(keys, person, link));
  if (intent === null) writes.push(['HDEL', keys.intents, person], ['HDEL', keys.creating, username]);
  else if (intent !== undefined) {
    writes.push(['HSET', keys.intents, person, JSON.stringify(intent)], ['HSET', keys.creating, username, person]);
  }
  if (setAside !== undefined)
    writes.push(
      setAside === null ? ['HDEL', keys.setAside, person] : ['HSET', keys.setAside, person, JSON.stringify(setAside)],
    );
  if (misses === 0) writes.push(['HDEL', keys.misses, person]);
  else if (misses !== undefined) writes.push(['HSET', keys.misses, person, String(misses)]);
  return [...writes, ...claimWrites(keys, change)];
}

function claimWrites(keys: Keys, { person, claim }: Change): string[][] {
  if (claim === undefined) return [];
  const isUnsettled = 'isUnsettled' in claim && claim.isUnsettled;
  const free = isUnsettled ? ['HSET', keys.claims, person, noOwner] : ['HDEL', keys.claims, person];
  if (claim.kind === 'give-back')
    return [free, ...[keys.toDeliver, keys.leavers].map((line) => ['ZADD', line, 'XX', String(Date.now()), person])];
  if (claim.kind === 'wait' || claim.kind === 'postpone')
    return [
      free,
      ...(claim.kind === 'wait' ? [] : [['HINCRBY', keys.attempts, person, '1']]),
      ['ZADD', keys.toDeliver, String(claim.untilMs), person],
      ['ZADD', keys.leavers, 'XX', String(claim.untilMs), person],
    ];
  const gone = [
    free,
    ['HDEL', keys.attempts, person],
    ['ZREM', keys.toDeliver, person],
    ['ZREM', keys.leavers, person],
  ];
  if (claim.kind === 'drop') return gone;
  if (claim.kind === 'finish') return [...gone, ...touch(keys, [person])];
  return [...gone, ['HDEL', keys.plans, person], ['HDEL', keys.decisions, person]];
}
