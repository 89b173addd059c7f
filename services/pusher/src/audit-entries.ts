/** What the audit trail is told of the pusher's work: an entry for each step of each person. Pure. */
import type { Account } from '@connector/shared/account.ts';
import type { AuditEntry, NewAuditEntry } from '@connector/shared/audit.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import type { FederatedBy, Link, Step } from '@connector/shared/plan.ts';
import type { Change } from '@connector/sync/accounts/account-changes.ts';
import { type CallKind, callKinds } from '@connector/sync/calls/calls.ts';
import { type Delivery, stepsOf } from '@connector/sync/calls/delivery.ts';

/** A call that has come to its end. */
export interface EndedCall {
  readonly kind: CallKind;
  /** From sending it to its end, ms. */
  readonly tookMs: number;
}

type Of = Pick<Delivery, 'person' | 'plan'>;
type Kind = Step['kind'];

const words: { readonly [K in Kind]: { readonly done: string; readonly tried: string } } = {
  create: { done: 'created', tried: 'tried to create' },
  federate: { done: 'federated', tried: 'tried to federate' },
  rename: { done: 'renamed', tried: 'tried to rename' },
  'change-email': { done: 'changed email', tried: 'tried to change email' },
  enable: { done: 'enabled', tried: 'tried to enable' },
  'join-groups': { done: 'joined groups', tried: 'tried to join groups' },
  'leave-groups': { done: 'left groups', tried: 'tried to leave groups' },
  disable: { done: 'disabled', tried: 'tried to disable' },
  withdraw: { done: 'withdrawn', tried: 'tried to withdraw' },
  remove: { done: 'removed', tried: 'tried to remove' },
  delete: { done: 'deleted', tried: 'tried to delete' },
};

/** How somebody logs in, where it is told at all. */
const logIn = ({ federated }: { readonly federated?: FederatedBy | undefined }) =>
  federated === undefined ? {} : { logIn: `federated (${federated})` };

/** What of an account a step changes, from what to what. */
function valuesOf(step: Step, address: string, before: Account | null): Pick<AuditEntry, 'was' | 'is'> {
  switch (step.kind) {
    case 'create':
      return { was: null, is: { address, name: step.fullname, groups: step.groups, ...logIn(step) } };
    case 'federate':
      return { was: { address }, is: { address, ...logIn(step) } };
    case 'rename':
      return { was: before && { name: before.fullname }, is: { name: step.fullname } };
    case 'change-email':
      return { was: { address }, is: { address: step.to } };
    case 'enable':
      return { was: { status: 'disabled' }, is: { status: 'enabled' } };
    case 'disable':
      return { was: { status: 'enabled' }, is: { status: 'disabled' } };
    case 'join-groups':
      return { was: null, is: { groups: step.groups } };
    case 'leave-groups':
      return { was: { groups: step.groups }, is: null };
    case 'withdraw':
      return { was: { address, status: 'invited' }, is: null };
    case 'remove':
    case 'delete':
      return { was: { address, ...(before && { name: before.fullname, groups: before.groups }) }, is: null };
  }
}

function entryOf(
  { person, plan: { username, name, change } }: Of,
  told: Pick<AuditEntry, 'did' | 'was' | 'is' | 'answer'>,
): NewAuditEntry {
  const of = { kind: 'person' as const, id: person, name: name || username };
  return { atMs: Date.now(), by: 'connector', of, source: change ?? null, ...told };
}

/** The steps of somebody that a call of this kind carries. */
const carriedBy = (kind: CallKind, delivery: Delivery): readonly Step[] =>
  stepsOf(delivery).filter((step) => kind.steps.includes(step.kind));

/**
 * LastPass has done what it was asked for.
 * @param before the account, as it was
 * @param isUnchanged it says that it was so already
 */
export function doneEntries(
  { kind, tookMs }: EndedCall,
  delivery: Delivery,
  { before, isUnchanged }: { before: Account | null; isUnchanged: boolean },
): NewAuditEntry[] {
  const answer = { command: kind.command, said: isUnchanged ? 'it was so already' : null, tookMs };
  return carriedBy(kind, delivery).map((step) => {
    const { was, is } = valuesOf(step, delivery.plan.username, before);
    return entryOf(delivery, { did: words[step.kind].done, was: isUnchanged ? is : was, is, answer });
  });
}

/** LastPass refuses, in these words. */
export const refusedEntries = ({ kind, tookMs }: EndedCall, delivery: Delivery, said: string): NewAuditEntry[] =>
  carriedBy(kind, delivery).map((step) => {
    const answer = { command: kind.command, said, tookMs };
    return entryOf(delivery, { did: words[step.kind].tried, was: null, is: null, answer });
  });

/** Whether it can be seen in the account that a step was done since it was as before. */
function isSeen(step: Step, before: Account | null, after: Account | null): boolean {
  const inGroups = (account: Account | null) => new Set(account?.groups.map(folded));
  switch (step.kind) {
    case 'create':
      return before === null && after !== null;
    case 'federate':
      return false; // LastPass doesn't tell
    case 'rename':
      return after?.fullname === step.fullname && before?.fullname !== step.fullname;
    case 'change-email':
      return after?.username === folded(step.to) && before?.username !== after.username;
    case 'enable':
      return before?.disabled === true && after?.disabled === false;
    case 'disable':
      return before?.disabled === false && after?.disabled === true;
    case 'join-groups':
      return step.groups.some((name) => inGroups(after).has(folded(name)) && !inGroups(before).has(folded(name)));
    case 'leave-groups':
      return step.groups.some((name) => inGroups(before).has(folded(name)) && !inGroups(after).has(folded(name)));
    case 'withdraw':
    case 'remove':
    case 'delete':
      return before !== null && after === null;
  }
}

/** What reading an account back has shown: how it was, how it is, and what is known of the answer. */
export interface ReadBack {
  readonly before: Account | null;
  readonly after: Account | null;
  readonly said: string;
}

/** A call had another answer than that it was done, and reading back shows that it was. */
export const seenEntries = ({ kind, tookMs }: EndedCall, delivery: Delivery, seen: ReadBack): NewAuditEntry[] =>
  seenSteps(delivery, carriedBy(kind, delivery), { tookMs, ...seen });

/** Whoever made the calls is gone, and reading back shows what came of them. @param link as it was noted before they left */
export function unreadEntries(
  of: Of & Pick<Delivery, 'reviewed'>,
  link: Link | null,
  accounts: Pick<ReadBack, 'before' | 'after'>,
): NewAuditEntry[] {
  const planned = stepsOf(of);
  const because = 'was under way';
  // The plan may have been made anew while a disabling or removal without an answer was still under way.
  const noted: readonly Step[] = [
    ...(link?.disabledByUs ? [{ kind: 'disable', because } as const] : []),
    ...(link?.removedByUs ? [{ kind: 'remove', because } as const] : []),
  ];
  const isLeaving = ({ kind }: Step) => kind === 'withdraw' || kind === 'remove' || kind === 'delete';
  const more = noted.filter((step) =>
    planned.every((other) => other.kind !== step.kind && !(isLeaving(other) && isLeaving(step))),
  );
  return seenSteps(of, [...planned, ...more], { tookMs: null, ...accounts, said: 'its answer was never read' });
}

function seenSteps(
  of: Of,
  steps: readonly Step[],
  { before, after, said, tookMs }: ReadBack & { tookMs: number | null },
): NewAuditEntry[] {
  return steps
    .filter((step) => isSeen(step, before, after))
    .map((step) => {
      const command = callKinds.find(({ steps: kinds }) => kinds.includes(step.kind))?.command ?? '';
      const answer = { command, said: `${said}; it is done, as reading back shows`, tookMs };
      const did = words[step.kind].done;
      return entryOf(of, { did, ...valuesOf(step, of.plan.username, before), answer });
    });
}

/** The changes that reading back has come to, and what the trail is told of them: with the last one, which settles it. */
export const withEntries = (changes: readonly Change[], entries: readonly NewAuditEntry[]): Change[] =>
  changes.map((change, index) =>
    entries.length > 0 && index === changes.length - 1 ? { ...change, noted: entries } : change,
  );
