/** Letting the guard judge whoever waits, once everything that one read of the directory told is planned. */
import type { Account } from '@connector/shared/account.ts';
import { mirrorState } from '@connector/shared/directory-state.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { type Decision, isFirstCreate, isLeaverStep, type Plan, plan } from '@connector/shared/plan.ts';
import { type FirstRun, type GuardLimits, type PolicyState, policyState } from '@connector/shared/policy.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { type Guard, TICK } from '@connector/shared/transaction.ts';
import { type Judgement, judge } from './guard.ts';

export interface JudgingOptions {
  readonly store: State;
  readonly limits: GuardLimits;
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

/**
 * Judges everybody who waits, or nobody: when more of a read is to come, when it isn't planned to its end, or when anything
 * changed meanwhile, the next round will do it.
 */
export async function judgeWaiting({ store, limits, directories }: JudgingOptions): Promise<Judged> {
  const { redis, keys } = store;
  const barrier = await barrierOf(store, directories);
  if (barrier === null) return nobody;
  const nowMs = Date.now();
  const judgementInputs = await redis.get(keys.judgementInputs);
  const policyRaw = await redis.get(keys.policy);
  const policy = parseStored(policyState, keys.policy, policyRaw).value;
  const people = await redis.zrange(keys.waiting, '0', '-1');
  const isOpen = policy !== null && (!policy.settled || (policy.firstRun !== null && !policy.firstRun.stopped));
  const settles = isOpen && (await isReadSince(store, policy));
  const elsewhere = await readElsewhere(store, directories);
  if (policy === null || (people.length === 0 && !settles && elsewhere.size === 0)) return nobody;

  const raws = people.length === 0 ? [] : await redis.hmget(keys.plans, ...people);
  const waiting = new Map(
    people.flatMap((person, index) => (raws[index] ? [[person, plan.parse(JSON.parse(raws[index]))] as const] : [])),
  );
  const recentLeavers = new Set(await redis.zrangebyscore(keys.recentLeavers, nowMs - countedMs, '+inf'));
  const linked = await redis.hlen(keys.links);
  const judgement = judge({
    waiting,
    recentLeavers,
    linked,
    limits,
    firstCreated: policy.firstRun?.passed ?? null,
    policySettled: policy.settled,
    newlyReadElsewhere: new Set(elsewhere.keys()),
    groupSizes: await groupSizes(store, waiting),
    renamedGroups: new Set(await redis.hkeys(keys.renamedGroups)),
  });
  const next: PolicyState = {
    ...policy,
    settled: policy.settled || settles,
    firstRun: firstRunAfter(policy.firstRun, { waiting, judgement, settles }),
  };
  const outcome = await store.commit({
    guards: [
      ...barrier,
      { command: ['GET', keys.judgementInputs], is: judgementInputs },
      { command: ['GET', keys.policy], is: policyRaw },
      ...[...elsewhere].map(([id, is]) => ({ command: ['GET', keys.directory(id).readElsewhere], is })),
    ],
    writes: [
      ...[...elsewhere.keys()].map((id) => ['DEL', keys.directory(id).readElsewhere]),
      ...[...waiting].flatMap(([person, current]) => verdictWrites(store, person, current, judgement, nowMs)),
      ['ZREMRANGEBYSCORE', keys.recentLeavers, '-inf', String(nowMs - countedMs)],
      ['SET', keys.judgementInputs, TICK],
      ...(JSON.stringify(next) === JSON.stringify(policy) ? [] : [['SET', keys.policy, JSON.stringify(next)]]),
    ],
  });
  return outcome.committed ? judged(judgement) : nobody;
}

/** What the first run has come to; `null` once all that it wanted is within the limit and the directory was read to its end. */
function firstRunAfter(
  current: FirstRun | null,
  { waiting, judgement, settles }: { waiting: ReadonlyMap<PersonKey, Plan>; judgement: Judgement; settles: boolean },
): FirstRun | null {
  if (current === null) return null;
  const creates = [...waiting].filter(([, { steps }]) => steps.some(isFirstCreate)).map(([person]) => person);
  const held = creates.filter((person) => judgement.get(person) !== null).length;
  const next = { passed: current.passed + creates.length - held, stopped: current.stopped || held > 0 };
  return settles && !next.stopped ? null : next;
}

function judged(judgement: Judgement): Judged {
  const held = [...judgement].flatMap(([person, because]) => (because === null ? [] : [{ person, because }]));
  return { passed: judgement.size - held.length, held };
}

/**
 * The guards that say: all directories are caught up, and whoever was touched until then is planned. `null` when it isn't
 * so now.
 */
async function barrierOf({ redis, keys }: State, directories: readonly string[]): Promise<Guard[] | null> {
  const caughtUp = await Promise.all(directories.map((id) => redis.get(keys.directory(id).caughtUp)));
  if (caughtUp.some((tick) => !tick)) return null;
  const newest = String(Math.max(...caughtUp.map(Number)));
  if ((await redis.zcount(keys.toPlan, '-inf', newest)) > 0) return null;
  const guards: Guard[] = directories.map((id, index) => ({
    command: ['GET', keys.directory(id).caughtUp],
    is: caughtUp[index] ?? null,
  }));
  return [...guards, { command: ['ZCOUNT', keys.toPlan, '-inf', newest], is: '0' }];
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

/** How many accounts are in each group that somebody would leave; read only when more than a handful would. */
async function groupSizes({ redis, keys }: State, waiting: ReadonlyMap<PersonKey, Plan>): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  if ([...waiting.values()].filter(({ steps }) => steps.some(({ kind }) => kind === 'leave-groups')).length <= 10)
    return sizes;
  for (const raw of await redis.hvals(keys.accounts)) {
    for (const name of (JSON.parse(raw) as Account).groups) sizes.set(folded(name), (sizes.get(folded(name)) ?? 0) + 1);
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
