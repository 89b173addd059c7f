/** What is true after LastPass was asked about a call whose answer nobody recorded. Pure. */

import type { Account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { type Intent, type Link, newLink } from '@connector/shared/plan.ts';
import type { Timeline } from '@connector/shared/timeline.ts';
import type { Change } from '@connector/sync/accounts/account-changes.ts';
import { linkAsFound } from '@connector/sync/accounts/link-as-found.ts';

/** A call is given up without an answer after this, ms. */
export const callTimeoutMs = 20_000;
/** A create without an answer may still be under way at LastPass for so long after it was sent, or given up, ms. */
export const createSettlesMs = 30_000;
/** After an answer that makes no sense nothing should be under way any more: a moment's patience, ms. */
export const answeredSettlesMs = 3_000;

/** From when on a create may leave, ms since 1970: one that Redis has forgotten has settled by then. */
export const createsFromMs = ({ openedAtMs }: Timeline): number =>
  openedAtMs === 0 ? 0 : openedAtMs + createSettlesMs;

/** What was known of a person before LastPass was asked. */
export interface Unsettled {
  readonly person: PersonKey;
  readonly username: string;
  /** The create that may have been sent. */
  readonly intent: Intent | null;
  readonly link: Link | null;
}

/** What to record of somebody whose account is listed under another name by now: everything moves there. */
export function movedChanges(
  { person, username }: { person: PersonKey; username: string },
  link: Link,
  found: Account,
): Change[] {
  const { changingTo: _, ...settled } = link;
  return [
    { person, username, account: null, link: null },
    {
      person,
      username: found.username,
      account: found,
      link: { ...settled, username: found.username, id: found.id, removedByUs: false },
      setAside: null,
      claim: { kind: 'finish' },
    },
  ];
}

/** What to record of a person whose account was found like that, or not at all. @param nowMs before LastPass was asked */
export function settledChanges(unsettled: Unsettled, found: Account | null, nowMs: number): Change[] {
  const { username, intent, link } = unsettled;
  const isElsewhere = link !== null && intent === null && found !== null && found.username !== username;
  return isElsewhere ? movedChanges(unsettled, link, found) : [settledChange(unsettled, found, nowMs)];
}

function settledChange({ person, username, intent, link }: Unsettled, found: Account | null, nowMs: number): Change {
  const finish = { kind: 'finish' } as const;
  if (username === '') return { person, username, claim: finish };
  if (intent !== null && found === null && intent.settlesAtMs > nowMs) {
    const settlesAtMs = capped(intent.settlesAtMs, nowMs);
    return { person, username, intent: { ...intent, settlesAtMs }, claim: { kind: 'postpone', untilMs: settlesAtMs } };
  }
  const made =
    intent === null || found === null ? null : newLink(username, { id: found.id, federated: intent.federated });
  const known =
    link === null ? made : { ...link, ...(made?.federated === undefined ? {} : { federated: made.federated }) };
  const change = { person, username, account: found, claim: finish, ...(intent === null ? {} : { intent: null }) };
  if (known === null) return change;
  const sent = known.settlesAtMs === undefined ? {} : { settlesAtMs: capped(known.settlesAtMs, nowMs) };
  return { ...change, link: linkAsFound({ ...known, ...sent }, found, nowMs) };
}

/** Whatever was sent left before anybody asked about it: a time by which it settles that is later than this is by a clock that was ahead. */
const capped = (settlesAtMs: number, nowMs: number): number => Math.min(settlesAtMs, nowMs + createSettlesMs);
