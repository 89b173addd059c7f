/** Letting the guard judge whoever waits, once everything that one read of the directory told is planned. */
import { account } from '@connector/shared/account.ts';
import { mirrorState } from '@connector/shared/directory-state.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { type Decision, isLeaverStep, type Plan, plan } from '@connector/shared/plan.ts';
import { type Policy, type PolicyState, policyOf, policyState } from '@connector/shared/policy.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { type Guard, TICK } from '@connector/shared/transaction.ts';
import { passFirstCreates } from './first-run.ts';
import { type Judgement, judge } from './guard.ts';
import { firstToPlan } from './mid-read.ts';

export interface JudgingOptions {
  readonly store: State;
  /** As configured; its limits count where nobody has set others. */
  readonly policy: Policy;
  /** Ids of all directories. */
  readonly directories: readonly string[];
}

const countedMs = 3_600_000;

/** What a round of judging did. */
export interface Judged {
  /** How many may go. */
  readonly passed: number;
  /** Name and reason of those who were held. */
  readonly held: readonly { readonly person: PersonKey; readonly because: string }[];
}

const nobody: Judged = { passed: 0, held: [] };

/** So many verdicts are written in one transaction: Redis serves nobody else meanwhile. */
const verdictsAtOnce = 500;
/** So many plans are read at once. */
const plansAtOnce = 1_000;

/**
 * Judges everybody who waits, or nobody: when a read isn't planned to its end, or when anything changed meanwhile, the next round will do
 * it. Of a directory of which more is to come, which may take days if it is away, nobody is judged, and those of others go on
 * (`apartFrom`). They are counted all together, whomever a round is about.
 */
export async function judgeWaiting({ store, policy: configured, directories }: JudgingOptions): Promise<Judged> {
  const { redis, keys } = store;
  const caughtUp = await caughtUpGuards(store, directories);
  if (caughtUp === null) return nobody;
  const reading = new Set(directories.filter((_, index) => caughtUp[index]?.is === '')); // by the very values that are guarded
  const planned = await (reading.size > 0 ? othersPlannedGuard(store, directories) : plannedGuard(store, caughtUp));
  const barrier = planned === null ? null : [...caughtUp, planned];
  const isRead = (policy: PolicyState) => isReadSince(store, policy);
  const first = await passFirstCreates(store, {
    barrier: barrier ?? caughtUp,
    isPlanned: barrier !== null && reading.size === 0,
    configured,
    isRead,
  });
  if (barrier === null) return { ...nobody, passed: first };
  const nowMs = Date.now();
  const judgementInputs = await redis.get(keys.judgementInputs);
  const { raw: policyRaw, value: policy } = parseStored(policyState, keys.policy, await redis.get(keys.policy));
  if (policy === null) return nobody;
  const people = await redis.zrange(keys.waiting, '0', '-1');
  const concerned = await apartFrom(store, people, reading);
  const settles = reading.size === 0 && !policy.settled && (await isReadSince(store, policy));
  const elsewhere = await readElsewhere(store, directories);
  const unjudged = new Set([
    ...reading,
    ...people.filter((person) => !concerned.has(person)).map((person) => partsOfPerson(person).directory),
  ]);
  const elsewhereOver = [...elsewhere.keys()].filter((id) => !unjudged.has(id));
  if (concerned.size === 0 && !settles && elsewhereOver.length === 0) return { ...nobody, passed: first };

  const waiting = await readPlans(store, people);
  const recentlyHeld = await heldLeavingGroups(store, waiting, nowMs);
  const recentLeavers = new Set(await redis.zrangebyscore(keys.recentLeavers, nowMs - countedMs, '+inf'));
  const linked = await redis.hlen(keys.links);
  const judgement = judge({
    waiting,
    recentLeavers,
    recentlyHeld,
    linked,
    limits: policyOf(policy, configured).guard,
    policySettled: policy.settled,
    newlyReadElsewhere: new Set(elsewhere.keys()),
    groupSizes: await groupSizes(store, [...waiting.values(), ...recentlyHeld.values()]),
    renamedGroups: new Set(await redis.hkeys(keys.renamedGroups)),
  });
  // Those who pass come first, and what ends the holding last: whoever is judged in a later round is judged no milder.
  const verdicts = [...waiting]
    .filter(([person]) => concerned.has(person))
    .sort(([a], [b]) => Number(judgement.get(a) !== null) - Number(judgement.get(b) !== null));
  const guards = [
    ...barrier,
    { command: ['GET', keys.policy], is: policyRaw },
    ...[...elsewhere].map(([id, is]) => ({ command: ['GET', keys.directory(id).readElsewhere], is })),
  ];
  const done = new Map<PersonKey, string | null>();
  let inputs = judgementInputs;
  for (let from = 0; from === 0 || from < verdicts.length; from += verdictsAtOnce) {
    const part = verdicts.slice(from, from + verdictsAtOnce);
    const isLast = from + verdictsAtOnce >= verdicts.length;
    const outcome = await store.commit({
      guards: [...guards, { command: ['GET', keys.judgementInputs], is: inputs }],
      writes: [
        ...part.flatMap(([person, current]) => verdictWrites(store, person, current, judgement, nowMs)),
        ...(isLast ? lastWrites(store, { settles: settles ? policy : null, elsewhere: elsewhereOver, nowMs }) : []),
        ['SET', keys.judgementInputs, TICK],
      ],
    });
    if (!outcome.committed) break;
    inputs = String(outcome.tick);
    for (const [person] of part) done.set(person, judgement.get(person) ?? null);
  }
  const result = judged(done);
  return { ...result, passed: result.passed + first };
}

/** What is over once everybody is judged. */
function lastWrites(
  { keys }: State,
  { settles, elsewhere, nowMs }: { settles: PolicyState | null; elsewhere: readonly string[]; nowMs: number },
): string[][] {
  return [
    ...elsewhere.map((id) => ['DEL', keys.directory(id).readElsewhere]),
    ['ZREMRANGEBYSCORE', keys.recentLeavers, '-inf', String(nowMs - countedMs)],
    ...(settles === null ? [] : [['SET', keys.policy, JSON.stringify({ ...settles, settled: true })]]),
  ];
}

async function readPlans({ redis, keys }: State, people: readonly PersonKey[]): Promise<Map<PersonKey, Plan>> {
  const plans = new Map<PersonKey, Plan>();
  for (let from = 0; from < people.length; from += plansAtOnce) {
    const part = people.slice(from, from + plansAtOnce);
    const raws = await redis.hmget(keys.plans, ...part);
    for (const [index, person] of part.entries()) {
      const { value } = parseStored(plan, keys.plans, raws[index] ?? null);
      if (value !== null) plans.set(person, value);
    }
  }
  return plans;
}

function judged(judgement: Judgement): Judged {
  const held = [...judgement].flatMap(([person, because]) => (because === null ? [] : [{ person, because }]));
  return { passed: judgement.size - held.length, held };
}

/** The guards that say which directories are caught up, each one's; `null` when none is, or one was never read. */
async function caughtUpGuards({ redis, keys }: State, directories: readonly string[]): Promise<Guard[] | null> {
  const found = directories.map((id) => keys.directory(id).caughtUp);
  const ticks = await Promise.all(found.map((key) => redis.get(key)));
  if (ticks.includes(null) || ticks.every((tick) => tick === '')) return null;
  return found.map((key, index) => ({ command: ['GET', key], is: ticks[index] ?? null }));
}

/** The guard that says that whoever was touched until then is planned; `null` when it isn't so now. */
async function plannedGuard({ redis, keys }: State, caughtUp: readonly Guard[]): Promise<Guard | null> {
  const newest = String(Math.max(...caughtUp.map(({ is }) => Number(is))));
  if ((await redis.zcount(keys.toPlan, '-inf', newest)) > 0) return null;
  return { command: ['ZCOUNT', keys.toPlan, '-inf', newest], is: '0' };
}

/**
 * The same while a directory is in the midst of a read: nobody is to be planned but its people, whenever they were touched. For what is
 * read of it touches those of others, too, and it has no reading of the clock yet that says until when.
 */
async function othersPlannedGuard(store: State, directories: readonly string[]): Promise<Guard | null> {
  const { redis, keys } = store;
  const listed = await redis.zcard(keys.toPlan);
  if ((await firstToPlan(store, { directories, count: 1 })).length > 0) return null;
  return { command: ['ZCARD', keys.toPlan], is: String(listed) };
}

/**
 * Who of some people has nothing to do with a directory that is in the midst of a read: everybody, where none is. Whoever has a
 * counterpart in another directory is left out, whose account may pass on by what is still to come.
 */
async function apartFrom(
  { redis, keys }: State,
  people: readonly PersonKey[],
  reading: ReadonlySet<string>,
): Promise<ReadonlySet<PersonKey>> {
  if (reading.size === 0) return new Set(people);
  const apart = new Set<PersonKey>();
  const others = people.filter((person) => !reading.has(partsOfPerson(person).directory));
  for (let from = 0; from < others.length; from += plansAtOnce) {
    const part = others.slice(from, from + plansAtOnce);
    const notes = await redis.hmget(keys.standings, ...part);
    for (const [index, person] of part.entries()) if (notes[index] === null) apart.add(person);
  }
  return apart;
}

/** Directories of which a read of another domain controller came into use since everybody was judged last. */
async function readElsewhere({ redis, keys }: State, directories: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const id of directories) {
    const tick = await redis.get(keys.directory(id).readElsewhere);
    if (tick !== null) found.set(id, tick);
  }
  return found;
}

/** Whether every directory was read completely since the policy came into force. */
async function isReadSince({ redis, keys }: State, policy: PolicyState): Promise<boolean> {
  for (const [id, generation] of Object.entries(policy.after)) {
    const key = keys.directory(id).mirrorState;
    const current = parseStored(mirrorState, key, await redis.get(key)).value?.current;
    if (!current || current.generation <= generation) return false;
  }
  return true;
}

const leavesGroups = ({ steps }: Plan): boolean => steps.some(({ kind }) => kind === 'leave-groups');

/**
 * Who was held within the hour and would leave groups, where somebody waits who would: verdicts of one round that were only half written
 * must not make the other half look like few.
 */
async function heldLeavingGroups(
  store: State,
  waiting: ReadonlyMap<PersonKey, Plan>,
  nowMs: number,
): Promise<Map<PersonKey, Plan>> {
  if (!waiting.values().some(leavesGroups)) return new Map();
  const people = await store.redis.zrangebyscore(store.keys.held, nowMs - countedMs, '+inf');
  return new Map([...(await readPlans(store, people))].filter(([, held]) => leavesGroups(held)));
}

/** How many accounts are in each group that somebody would leave; read only when more than a handful would. */
async function groupSizes({ redis, keys }: State, plans: readonly Plan[]): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  if (plans.filter(leavesGroups).length <= 10) return sizes;
  for (const raw of await redis.hvals(keys.accounts)) {
    for (const name of parseStored(account, keys.accounts, raw).value?.groups ?? [])
      sizes.set(folded(name), (sizes.get(folded(name)) ?? 0) + 1);
  }
  return sizes;
}

function verdictWrites(
  { keys }: State,
  person: PersonKey,
  current: Plan,
  judgement: Judgement,
  nowMs: number,
): string[][] {
  const because = judgement.get(person) ?? null;
  const isLeaver = current.steps.some(isLeaverStep);
  const common = [
    ['ZREM', keys.waiting, person],
    ...(isLeaver ? [['ZADD', keys.recentLeavers, String(nowMs), person]] : []),
  ];
  if (because !== null) {
    return [
      ...common,
      ['ZADD', keys.held, String(nowMs), person],
      ['ZREM', keys.changedAt, person],
      ['HSET', keys.plans, person, JSON.stringify({ ...current, heldBecause: because })],
    ];
  }
  const decision: Decision = { guarded: current.guarded ?? '', verdict: 'passed', by: 'guard', atMs: nowMs };
  return [
    ...common,
    ['HSET', keys.decisions, person, JSON.stringify(decision)],
    ['HSET', keys.plans, person, JSON.stringify({ ...current, cleared: true })],
    ['ZADD', keys.toDeliver, String(nowMs), person],
    isLeaver ? ['ZADD', keys.leavers, String(nowMs), person] : ['ZREM', keys.leavers, person],
  ];
}
