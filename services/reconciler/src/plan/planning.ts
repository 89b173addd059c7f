/**
 * Planning people: gathers what is known, asks the planner, and stores plan, link and obstacle in one transaction, which
 * is refused when anything that the plan was made from has changed meanwhile. Any number of planners work side by side.
 */
import { type Account, account } from '@connector/shared/account.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { currentGeneration, folded, peopleWithMail } from '@connector/shared/people-with-mail.ts';
import {
  decision,
  isGuarded,
  isLeaverStep,
  leaverScore,
  link,
  type Plan,
  plan,
  type SetAside,
  setAside,
} from '@connector/shared/plan.ts';
import { type Bases, basesVersion, type Policy, type PolicyState, policyState } from '@connector/shared/policy.ts';
import { parseStored, type Store, UnreadableState } from '@connector/shared/store.ts';
import { type Guard, TICK } from '@connector/shared/transaction.ts';
import { Mirror } from '../mirror/mirror.ts';
import type { MirrorObject } from '../mirror/mirror-object.ts';
import { Gathering } from './gather.ts';
import { makePlan, type PlanInputs, type Planned, usernameOf } from './make-plan.ts';
import { type FilterEntry, groupNames, outOfScope } from './scope.ts';

export interface PlanningOptions {
  readonly store: Store;
  readonly policy: Policy;
  /** Of the policy and bases that this process was configured with; see `policyVersion`. */
  readonly policyVersion: string;
  readonly directories: readonly Bases[];
}

/** What is the same for everybody whom one answer plans. */
interface Context extends PlanningOptions {
  readonly inForce: { readonly raw: string; readonly value: PolicyState };
  readonly ownedGroups: ReadonlyMap<string, string>;
  readonly views: ReadonlyMap<
    string,
    { readonly gathering: Gathering; readonly filter: readonly FilterEntry[]; readonly filterNames: readonly string[] }
  >;
}

/** Why nobody can be planned yet; `null` when there is nothing in the way. */
export async function notYet({ store, policyVersion: own, directories }: PlanningOptions): Promise<string | null> {
  const { redis, keys } = store;
  const inForce = parseStored(policyState, keys.policy, await redis.get(keys.policy)).value;
  if (inForce?.version !== own)
    return 'another replica has brought a newer policy into force: restart this one with the same configuration';
  for (const { id, userBases, groupBases } of directories) {
    const current = await currentGeneration(store, id);
    if (current === null) return `the first full read of the directory ${id} isn't complete yet`;
    if (current.bases.version !== basesVersion({ userBases, groupBases }))
      return `the directory ${id} hasn't been read under the configured bases yet`;
  }
  return (await redis.exists(keys.accountsRead)) === 1 ? null : 'the accounts at LastPass were not read yet';
}

async function openContext(options: PlanningOptions): Promise<Context | null> {
  if ((await notYet(options)) !== null) return null;
  const { redis, keys } = options.store;
  const raw = (await redis.get(keys.policy)) ?? '';
  const views: [string, { gathering: Gathering; filter: FilterEntry[]; filterNames: string[] }][] = [];
  for (const { id } of options.directories) {
    const current = await currentGeneration(options.store, id);
    if (current === null) return null;
    const gathering = new Gathering(new Mirror(redis, keys.directory(id).mirror(current.generation)), current.bases);
    const filter = await gathering.resolveFilter(options.policy.groupFilter);
    views.push([id, { gathering, filter, filterNames: await gathering.filterNames(filter) }]);
  }
  const ownedGroups = new Map(Object.entries(await redis.hgetall(keys.ownedGroups)));
  return {
    ...options,
    inForce: { raw, value: policyState.parse(JSON.parse(raw)) },
    ownedGroups,
    views: new Map(views),
  };
}

/** What planning somebody came to. */
export interface PlannedPeople {
  /** Somebody has steps to deliver. */
  readonly deliver: boolean;
  /** Somebody waits for the guard's word. */
  readonly judge: boolean;
  /** People whose plans were overtaken by a change, or made others' outdated. */
  readonly again: readonly PersonKey[];
}

/** Plans the named people as far as they are on the list. */
export async function planPeople(options: PlanningOptions, people: readonly PersonKey[]): Promise<PlannedPeople> {
  const context = await openContext(options);
  if (context === null) return { deliver: false, judge: false, again: [] };
  const results = await Promise.all(
    people.map((person) => planPerson(context, person).catch((error: Error) => setAsideBroken(context, person, error))),
  );
  return {
    deliver: results.some(({ deliver }) => deliver),
    judge: results.some(({ judge }) => judge),
    again: results.flatMap(({ again }) => again),
  };
}

/** What is remembered of one person can't be read: that hurts nobody else. @throws any other error */
async function setAsideBroken({ store }: Context, person: PersonKey, error: Error): Promise<PlannedPeople> {
  if (!(error instanceof UnreadableState)) throw error;
  const { keys } = store;
  const aside: SetAside = { name: person, reason: error.message, kind: 'data', sinceMs: Date.now() };
  await store.commit({
    guards: [],
    writes: [
      ['ZREM', keys.toPlan, person],
      ['HSET', keys.setAside, person, JSON.stringify(aside)],
    ],
  });
  return done;
}

const done: PlannedPeople = { deliver: false, judge: false, again: [] };

async function planPerson(context: Context, person: PersonKey): Promise<PlannedPeople> {
  const { redis, keys } = context.store;
  if ((await redis.zscore(keys.toPlan, person)) === null) return done;
  const known = await readKnown(context, person);
  const inputs = await inputsFor(context, person, known);
  const planned = inputs === null ? null : makePlan(inputs.inputs);
  const { writes, deliver, judge, others } = writesFor(context, person, known, planned, inputs);
  const outcome = await context.store.commit({ guards: [...known.guards, ...(inputs?.guards ?? [])], writes });
  return outcome.committed ? { deliver, judge, again: others } : { deliver: false, judge: false, again: [person] };
}

/** What Redis remembers of a person, each in the text that it must still have when the plan is stored. */
async function readKnown({ store, inForce }: Context, person: PersonKey) {
  const { redis, keys } = store;
  const hashes = [keys.touched, keys.links, keys.decisions, keys.plans, keys.intents, keys.claims, keys.setAside];
  const [
    touched = null,
    linkRaw = null,
    decisionRaw = null,
    planRaw = null,
    intentRaw = null,
    claim = null,
    asideRaw = null,
  ] = await Promise.all(hashes.map((key) => redis.hget(key, person)));
  const [waiting, held] = await Promise.all([redis.zscore(keys.waiting, person), redis.zscore(keys.held, person)]);
  const raws = [touched, linkRaw, decisionRaw, planRaw, intentRaw, claim];
  const guards: Guard[] = raws.map((is, index) => ({ command: ['HGET', hashes[index] ?? '', person], is }));
  guards.push({ command: ['GET', keys.policy], is: inForce.raw }, { command: ['ZSCORE', keys.held, person], is: held });
  return {
    guards,
    touched: Number(touched ?? 0),
    link: parseStored(link, keys.links, linkRaw).value,
    decision: parseStored(decision, keys.decisions, decisionRaw).value,
    plan: parseStored(plan, keys.plans, planRaw).value,
    setAside: parseStored(setAside, keys.setAside, asideRaw).value,
    /** A pusher is at it, or may have been: its place in the list of deliveries stays. */
    inDelivery: claim !== null || intentRaw !== null,
    waiting: waiting !== null,
    held: held !== null,
  };
}
type Known = Awaited<ReturnType<typeof readKnown>>;

interface Gathered {
  readonly inputs: PlanInputs;
  readonly guards: readonly Guard[];
  /** The account as stored. */
  readonly accountRaw: string | null;
}

/** Gathers a plan's inputs; `null` when the directory knows nothing of the person. */
async function inputsFor(context: Context, person: PersonKey, known: Known): Promise<Gathered | null> {
  const { directory, guid } = partsOfPerson(person);
  const view = context.views.get(directory);
  const object = await view?.gathering.mirror.object(guid);
  if (!view || !object || object.kind !== 'user') return null;
  const surroundings = await view.gathering.surroundings(guid, object);
  const username = known.link?.username ?? usernameOf(object);
  const atLastPass = await accountOf(context, person, username);
  const rules = { memberships: context.policy.memberships, bases: view.gathering.bases, filter: view.filter };
  return {
    accountRaw: atLastPass.raw,
    guards: atLastPass.guards,
    inputs: {
      person: object,
      outOfScope: outOfScope(surroundings, rules),
      unresolvedFilter: view.filter.filter(({ guids }) => guids.length === 0).map(({ entry }) => entry),
      groups: groupNames(surroundings.groups, rules),
      ownedGroups: await ownedAmong(context, view, atLastPass.account),
      link: known.link,
      account: atLastPass.account,
      accountHolder: known.link === null ? atLastPass.holder : null,
      otherHolders: await otherHolders(context, person, object),
      policy: context.policy,
      decision: known.decision,
      nowMs: Date.now(),
    },
  };
}

/** The account of that name, whom it is linked to, and the guards that keep both as they are. */
async function accountOf({ store, views }: Context, person: PersonKey, username: string | null) {
  const { redis, keys } = store;
  if (username === null) return { account: null, raw: null, holder: null, guards: [] };
  const [raw, holder] = await Promise.all([redis.hget(keys.accounts, username), redis.hget(keys.linked, username)]);
  const guards: Guard[] = [
    { command: ['HGET', keys.accounts, username], is: raw },
    { command: ['HGET', keys.linked, username], is: holder },
  ];
  const found: Account | null = parseStored(account, keys.accounts, raw).value;
  if (holder === null || holder === person) return { account: found, raw, holder: null, guards };
  const linkRaw = await redis.hget(keys.links, holder);
  const touched = await redis.hget(keys.touched, holder);
  const { directory, guid } = partsOfPerson(holder);
  const object = await views.get(directory)?.gathering.mirror.object(guid);
  guards.push(
    { command: ['HGET', keys.links, holder], is: linkRaw },
    { command: ['HGET', keys.touched, holder], is: touched },
  );
  const held = parseStored(link, keys.links, linkRaw).value;
  return {
    account: found,
    raw,
    guards,
    holder: held === null ? null : { person: holder, deleted: object?.deleted ?? false, link: held },
  };
}

async function otherHolders(
  { store, directories }: Context,
  person: PersonKey,
  object: MirrorObject,
): Promise<PersonKey[]> {
  const mail = usernameOf(object);
  if (mail === null) return [];
  const holders = await peopleWithMail(
    store,
    directories.map(({ id }) => id),
    [mail],
  );
  return holders.filter((holder) => holder !== person);
}

type View = Context['views'] extends ReadonlyMap<string, infer Value> ? Value : never;

/** Which of the groups that the account is in, or should be in, AD owns: it syncs them now, or has synced them before. */
async function ownedAmong(context: Context, view: View, found: Account | null): Promise<Set<string>> {
  const names = found?.groups ?? [];
  const owned = new Set([...names.map(folded).filter((name) => context.ownedGroups.has(name)), ...view.filterNames]);
  if (context.policy.memberships === 'all') for (const name of await view.gathering.syncedNames(names)) owned.add(name);
  return context.policy.memberships === 'none' ? new Set() : owned;
}

interface Stored {
  readonly writes: string[][];
  readonly deliver: boolean;
  readonly judge: boolean;
  readonly others: readonly PersonKey[];
}

/** The writes that store what was planned and take the person off the list. */
function writesFor(
  context: Context,
  person: PersonKey,
  known: Known,
  planned: Planned | null,
  gathered: Gathered | null,
): Stored {
  const { keys } = context.store;
  const linkChange = planned === null ? { writes: [], others: [] } : adoption(context, person, planned);
  const stored =
    planned === null || planned.steps.length === 0
      ? null
      : planToStore(context, known, planned, gathered?.accountRaw ?? null);
  const unguarded = stored?.steps.some((step) => !isGuarded(step)) ?? false;
  const deliver = stored !== null && (unguarded || stored.cleared);
  const held = stored !== null && stored.guarded !== null && !stored.cleared && stored.heldBecause !== null;
  const waiting = stored !== null && stored.guarded !== null && !stored.cleared && !held;
  const isLeaver = stored?.steps.some(isLeaverStep) ?? false;
  const nowMs = String(Date.now());

  const writes = [
    ['ZREM', keys.toPlan, person],
    ...linkChange.writes,
    stored === null ? ['HDEL', keys.plans, person] : ['HSET', keys.plans, person, JSON.stringify(stored)],
    ...ownedWrites(context, planned, gathered?.inputs ?? null),
    ...obstacleWrites(context, person, known, planned),
  ];
  if (deliver) writes.push(['ZADD', keys.toDeliver, stored.cleared && isLeaver ? leaverScore : nowMs, person]);
  else if (!known.inDelivery) writes.push(['ZREM', keys.toDeliver, person]);
  if (waiting) writes.push(['ZADD', keys.waiting, 'NX', nowMs, person]);
  else if (known.waiting) writes.push(['ZREM', keys.waiting, person]);
  if (known.held && !held) writes.push(['ZREM', keys.held, person]);
  else if (held && !known.held)
    writes.push(['ZADD', keys.held, nowMs, person], ...(isLeaver ? [['ZADD', keys.recentLeavers, nowMs, person]] : []));
  if (known.held && stored?.guarded == null) writes.push(['ZREM', keys.recentLeavers, person]);
  const isVoid = known.decision !== null && known.decision.guarded !== planned?.guarded && !planned?.rejected;
  if (isVoid) writes.push(['HDEL', keys.decisions, person]);
  if (waiting || known.waiting || known.held !== held) writes.push(['SET', keys.judgementInputs, TICK]);
  return { writes, deliver, judge: waiting, others: linkChange.others };
}

/** Notes the groups that somebody with an account is synced into as owned by AD, which they stay. */
function ownedWrites({ store, ownedGroups }: Context, planned: Planned | null, inputs: PlanInputs | null): string[][] {
  if (planned === null || inputs === null || inputs.outOfScope !== null || inputs.person.deleted) return [];
  const hasAccount =
    inputs.link !== null || planned.linkChange.kind === 'adopt' || planned.steps.some(({ kind }) => kind === 'create');
  if (!hasAccount) return [];
  return inputs.groups
    .filter((name) => !ownedGroups.has(folded(name)))
    .map((name) => ['HSET', store.keys.ownedGroups, folded(name), name]);
}

function adoption(
  { store }: Context,
  person: PersonKey,
  { linkChange }: Planned,
): { writes: string[][]; others: PersonKey[] } {
  const { keys } = store;
  if (linkChange.kind === 'none') return { writes: [], others: [] };
  const writes = [
    ['HSET', keys.links, person, JSON.stringify(linkChange.link)],
    ['HSET', keys.linked, linkChange.link.username, person],
  ];
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
function staysHeld(known: Known, { guarded, steps }: Planned): string | null {
  if (guarded === null) return null;
  if (known.decision?.verdict === 'released' && known.decision.guarded !== guarded)
    return 'what was released has changed since';
  const wasLeaver = known.plan?.steps.some(isLeaverStep) ?? false;
  return known.held && (wasLeaver || !steps.some(isLeaverStep)) ? (known.plan?.heldBecause ?? null) : null;
}

/** The plan with everything that it was made from, and what was decided about the very same guarded steps before. */
function planToStore({ inForce }: Context, known: Known, planned: Planned, accountRaw: string | null): Plan {
  const decided = known.decision?.guarded === planned.guarded ? known.decision?.verdict : undefined;
  return {
    username: planned.username,
    name: planned.name,
    steps: [...planned.steps],
    guarded: planned.guarded,
    cleared: planned.guarded !== null && (decided === 'passed' || decided === 'released'),
    mustHold: planned.mustHold,
    heldBecause: staysHeld(known, planned),
    inputs: { touched: known.touched, account: accountRaw, policy: inForce.value.version },
    madeAtMs: Date.now(),
  };
}

function obstacleWrites({ store }: Context, person: PersonKey, known: Known, planned: Planned | null): string[][] {
  const { keys } = store;
  if (planned === null || planned.obstacle === null) {
    const mayStillBeRefused = known.setAside?.kind === 'refused' && (planned?.steps.length ?? 0) > 0;
    return known.setAside === null || mayStillBeRefused ? [] : [['HDEL', keys.setAside, person]];
  }
  const { reason, kind } = planned.obstacle;
  const sinceMs = known.setAside?.reason === reason ? known.setAside.sinceMs : Date.now();
  const aside: SetAside = { name: planned.name, reason, kind, sinceMs };
  return [['HSET', keys.setAside, person, JSON.stringify(aside)]];
}
