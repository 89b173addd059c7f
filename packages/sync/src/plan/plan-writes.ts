/** The writes that store what was planned for one person: plan, link, obstacle, and their places in the lists. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import {
  isFirstCreate,
  isGuarded,
  isLeaverStep,
  isRefusal,
  needsApproval,
  type Plan,
  type SetAside,
} from '@connector/shared/plan.ts';
import type { SyncedGroup } from '@connector/shared/synced-group.ts';
import { TICK } from '@connector/shared/transaction.ts';
import { linkWrites } from '../accounts/account-changes.ts';
import { expiryWrite } from './expiries.ts';
import { beyondFirst } from './first-run.ts';
import type { Known } from './known-state.ts';
import type { Planned } from './make-plan.ts';
import type { Gathered } from './plan-inputs.ts';
import type { Context } from './planning-context.ts';

/** What storing a plan takes, and what follows from it. */
export interface PlanWrites {
  readonly writes: string[][];
  /** There are steps to deliver. */
  readonly deliver: boolean;
  /** There are steps for the guard to judge. */
  readonly judge: boolean;
  /** People whose plans become outdated by it. */
  readonly others: readonly PersonKey[];
  /** The change in the directory that led to it. */
  readonly change: string | null;
}

/** The writes that store what was planned and take the person off the list. */
export function writesFor(
  context: Context,
  known: Known,
  planned: Planned | null,
  gathered: Gathered | null,
): PlanWrites {
  const { person } = known;
  const { keys } = context.store;
  const linkChange = planned === null ? { writes: [], others: [] } : adoption(context, person, planned);
  const stored =
    planned === null || planned.steps.length === 0
      ? null
      : planToStore(context, known, planned, gathered?.accountRaw ?? null);
  const unguarded = stored?.steps.some((step) => !isGuarded(step)) ?? false;
  const deliver = stored !== null && (unguarded || stored.cleared);
  const held = stored !== null && stored.guarded !== null && !stored.cleared && stored.heldBecause !== null;
  const unapproved = stored !== null && !stored.cleared && stored.steps.some(needsApproval);
  const isFirst = stored !== null && !stored.cleared && stored.steps.some(isFirstCreate);
  const waiting = stored !== null && stored.guarded !== null && !stored.cleared && !held && !unapproved;
  const isLeaver = stored?.steps.some(isLeaverStep) ?? false;
  const nowMs = String(Date.now());

  const writes = [
    ['ZREM', keys.toPlan, person],
    ['HDEL', keys.causes, person],
    [isInScope(gathered) ? 'SADD' : 'SREM', keys.inScope, person],
    ...linkChange.writes,
    stored === null ? ['HDEL', keys.plans, person] : ['HSET', keys.plans, person, JSON.stringify(stored)],
    ...ownedWrites(context, stored, planned, gathered),
    ...obstacleWrites(context, known, planned),
    expiryWrite(keys, person, planned?.againAtMs ?? null),
  ];
  writes.push(isLeaver && stored?.cleared ? ['ZADD', keys.leavers, nowMs, person] : ['ZREM', keys.leavers, person]);
  const settlesAtMs = known.inDelivery ? nowMs : known.link?.settlesAtMs;
  if (deliver) writes.push(['ZADD', keys.toDeliver, nowMs, person]);
  else if (settlesAtMs !== undefined)
    // What was sent is still to be settled. A claim has its own time; else it is the earlier one, whatever else they wait for.
    writes.push(['ZADD', keys.toDeliver, known.inDelivery ? 'NX' : 'LT', String(settlesAtMs), person]);
  else writes.push(['ZREM', keys.toDeliver, person]);
  if (waiting) writes.push(['ZADD', keys.waiting, 'NX', nowMs, person]);
  else if (known.waiting) writes.push(['ZREM', keys.waiting, person]);
  for (const [list, isOnIt] of [
    [keys.pending, unapproved && !planned?.rejected],
    [keys.rejected, unapproved && planned?.rejected],
  ] as const)
    writes.push(isOnIt ? ['ZADD', list, 'NX', nowMs, person] : ['ZREM', list, person]);
  if (isFirst) writes.push(['ZADD', keys.firstCreates, '0', person]);
  else if (known.plan?.steps.some(isFirstCreate)) writes.push(['ZREM', keys.firstCreates, person]);
  if (!deliver && !waiting && !known.inDelivery) writes.push(['ZREM', keys.changedAt, person]);
  if (known.held && !held) writes.push(['ZREM', keys.held, person]);
  else if (held && !known.held)
    writes.push(['ZADD', keys.held, nowMs, person], ...(isLeaver ? [['ZADD', keys.recentLeavers, nowMs, person]] : []));
  if (known.held && stored?.guarded == null) writes.push(['ZREM', keys.recentLeavers, person]);
  const isVoid =
    !gathered?.isForNow && // what was said of somebody counts as long as nobody knows that it is about something else
    known.decision !== null &&
    known.decision.guarded !== planned?.guarded &&
    !planned?.rejected &&
    !planned?.undone;
  if (isVoid) writes.push(['HDEL', keys.decisions, person]);
  if (waiting || known.waiting || known.held !== held) writes.push(['SET', keys.judgementInputs, TICK]);
  const change = stored === null ? known.cause : (stored.change ?? null);
  return { writes, deliver, judge: waiting, others: linkChange.others, change };
}

const isInScope = (gathered: Gathered | null): boolean =>
  gathered !== null && gathered.inputs.outOfScope === null && !gathered.inputs.person.deleted;

/**
 * Notes the groups that somebody with an account is synced into: as owned by AD, which they stay, and by which name, for a
 * renamed one keeps it.
 */
function ownedWrites(
  { store }: Context,
  stored: Plan | null,
  planned: Planned | null,
  gathered: Gathered | null,
): string[][] {
  if (planned === null || gathered === null) return [];
  if (!isInScope(gathered)) return [];
  const { inputs, newGroups, owned: noted } = gathered;
  const hasAccount =
    inputs.link !== null ||
    planned.linkChange.kind === 'adopt' ||
    planned.steps.some((step) => step.kind === 'create' && (stored?.cleared || !isGuarded(step)));
  if (!hasAccount) return [];
  const owned = inputs.groups
    .filter((name) => !noted.has(folded(name)))
    .map((name) => ['HSET', store.keys.ownedGroups, folded(name), name]);
  const synced = [...newGroups].map(([group, name]) => {
    const first: SyncedGroup = { name, rename: null };
    return ['HSETNX', store.keys.syncedGroups, group, JSON.stringify(first)];
  });
  return [...owned, ...synced];
}

function adoption(
  { store }: Context,
  person: PersonKey,
  { linkChange }: Planned,
): { writes: string[][]; others: PersonKey[] } {
  const { keys } = store;
  if (linkChange.kind === 'none') return { writes: [], others: [] };
  if (linkChange.kind === 'note')
    return { writes: [['HSET', keys.links, person, JSON.stringify(linkChange.link)]], others: [] };
  const writes = linkWrites(keys, person, linkChange.link);
  if (linkChange.from === null) return { writes, others: [] };
  return {
    writes: [...writes, ['HDEL', keys.links, linkChange.from], ...touch(keys, [linkChange.from])],
    others: [linkChange.from],
  };
}

/**
 * Why guarded steps are held without asking the guard: they were held before, whatever changed about them since, or a
 * person released other ones. Only who now loses access, and didn't by what was held, is the guard's to judge.
 */
function staysHeld({ policy }: Context, known: Known, { guarded, steps }: Planned): string | null {
  if (guarded === null || steps.some(needsApproval)) return null;
  if (steps.some(isFirstCreate)) return beyondFirst(policy.guard);
  if (known.decision?.verdict === 'released' && known.decision.guarded !== guarded)
    return 'what was released has changed since';
  const wasLeaver = known.plan?.steps.some(isLeaverStep) ?? false;
  return known.held && (wasLeaver || !steps.some(isLeaverStep)) ? (known.plan?.heldBecause ?? null) : null;
}

/** The plan with everything that it was made from, and what was decided about the very same guarded steps before. */
function planToStore(context: Context, known: Known, planned: Planned, accountRaw: string | null): Plan {
  const change = known.cause ?? known.plan?.change;
  const decided = known.decision?.guarded === planned.guarded ? known.decision?.verdict : undefined;
  return {
    username: planned.username,
    name: planned.name,
    steps: [...planned.steps],
    guarded: planned.guarded,
    cleared: planned.guarded !== null && decided !== undefined && decided !== 'rejected',
    mustHold: planned.mustHold,
    certain: planned.certain,
    heldBecause: staysHeld(context, known, planned),
    inputs: { touched: known.touched, account: accountRaw, policy: context.inForce.value.version },
    madeAtMs: Date.now(),
    ...(change === undefined ? {} : { change }),
  };
}

function obstacleWrites({ store }: Context, known: Known, planned: Planned | null): string[][] {
  const { person } = known;
  const { keys } = store;
  if (planned === null || planned.obstacle === null) {
    const mayStillBeRefused = isRefusal(known.setAside) && (planned?.steps.length ?? 0) > 0;
    return known.setAside === null || mayStillBeRefused ? [] : [['HDEL', keys.setAside, person]];
  }
  const { reason, kind } = planned.obstacle;
  const sinceMs = known.setAside?.reason === reason ? known.setAside.sinceMs : Date.now();
  const aside: SetAside = { name: planned.name, reason, kind, sinceMs };
  return [['HSET', keys.setAside, person, JSON.stringify(aside)]];
}
