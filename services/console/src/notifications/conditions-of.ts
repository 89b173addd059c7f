/** From what Redis knows to the conditions that want somebody. Decides alone: nothing is read here. */
import { saysRightsLost } from '@connector/active-directory/rights-lost.ts';
import { areNearlyTaken, type Licences } from '@connector/shared/licences.ts';
import type { NoSeat } from '@connector/shared/no-seat.ts';
import type { Alarm } from '@connector/shared/plan.ts';
import type { LateChanges } from '@connector/sync/requests/on-the-way.ts';
import type { ServiceState } from '../status/service-states.ts';
import type { Holding } from './condition.ts';

/** How many there are, and when the newest came, ms since 1970 (0: there is none). */
export interface Listed {
  readonly count: number;
  readonly newestMs: number;
}

/** What the conditions are made of, as it was at one moment. */
export interface Facts {
  readonly nowMs: number;
  readonly services: readonly ServiceState[];
  readonly directories: readonly {
    readonly id: string;
    /** When everything that had changed was last read, ms since 1970; `null`: never. */
    readonly readAtMs: number | null;
  }[];
  /** When all accounts were last read, ms since 1970; `null`: never. */
  readonly accountsReadAtMs: number | null;
  /** LastPass refuses the credentials. */
  readonly alarm: Alarm | null;
  readonly noSeat: NoSeat | null;
  /** `null`: unknown. */
  readonly licences: Licences | null;
  /** Whether anything may be delivered: not while somebody has paused it, or wants nothing sent in manual mode. */
  readonly mayDeliver: boolean;
  /** Changes in directories that haven't reached LastPass for longer than `noSuccessMs`. */
  readonly late: LateChanges;
  /** Also the groups whose renaming waits for a word. */
  readonly held: Listed;
  readonly pending: Listed;
  /** Not those who wait for a seat, nor those whose accounts somebody deleted. */
  readonly aside: Listed;
  /** Those who wait for a seat. */
  readonly seatless: number;
}

/** How long things may take, ms. */
export interface Patience {
  /** For how long nothing may be read or delivered. */
  readonly noSuccessMs: number;
  /** What lasts for less isn't told. */
  readonly settleMs: number;
  /** How often the accounts are read. */
  readonly accountsEveryMs: number;
}

const plain = { subject: null, count: null, newestMs: 0, problems: [] } as const;

/** The conditions that hold, in no order. */
export function conditionsOf(facts: Facts, patience: Patience): Holding[] {
  const reading = [...directoriesNotRead(facts, patience), ...accountsNotRead(facts, patience)];
  const sending = [...credentialsRefused(facts, patience), ...notDelivered(facts, patience)];
  const outcomes = [...reading, ...sending];
  const isOverdue = ({ sinceMs, afterMs }: Holding) => sinceMs !== null && facts.nowMs - sinceMs >= afterMs;
  const overdue = new Set(outcomes.filter(isOverdue).map(({ kind }) => kind));
  return [
    ...outcomes,
    ...rightsLost(facts, patience),
    ...noSeatLeft(facts, patience),
    ...seatsNearlyUsed(facts, patience),
    ...servicesNotReady(facts, patience).filter(
      ({ subject }) => !consequences[subject ?? '']?.some((kind) => overdue.has(kind)),
    ),
    ...people(facts, patience),
  ];
}

/** What a service that isn't ready brings about: once that is told, its state needs no message of its own. */
const consequences: Readonly<Record<string, readonly Holding['kind'][]>> = {
  watcher: ['directory-not-read'],
  pusher: ['credentials-refused', 'accounts-not-read', 'not-delivered'],
};

const problemsOf = ({ services }: Facts, name: string): readonly string[] => {
  const found = services.find(({ service }) => service === name)?.instances ?? [];
  return [...new Set(found.flatMap(({ problems }) => problems))];
};

/** What a service says of itself; that there is none says it, too. */
function saidBy(facts: Facts, name: string): readonly string[] {
  const isThere = facts.services.some(({ service, instances }) => service === name && instances.length > 0);
  return isThere ? problemsOf(facts, name) : [`no ${name} is running: start it`];
}

/** Whether a reading is too old; or lies so far ahead that the clock that told it was wrong, and nobody knows how old it is. */
const isStale = (
  atMs: number,
  { nowMs }: Facts,
  { lateMs, noSuccessMs }: { lateMs: number; noSuccessMs: number },
): boolean => nowMs - atMs >= lateMs || atMs - nowMs >= noSuccessMs;

/** Since when nothing was read, where the last reading tells. */
const since = (atMs: number | null, { nowMs }: Facts): number | null => (atMs !== null && atMs <= nowMs ? atMs : null);

function directoriesNotRead(facts: Facts, { noSuccessMs, settleMs }: Patience): Holding[] {
  return facts.directories
    .filter(({ readAtMs }) => readAtMs === null || isStale(readAtMs, facts, { lateMs: settleMs + pollMs, noSuccessMs }))
    .map(({ id, readAtMs }) => ({
      ...plain,
      kind: 'directory-not-read',
      subject: id,
      sinceMs: since(readAtMs, facts),
      afterMs: noSuccessMs,
      problems: saidBy(facts, 'watcher'),
    }));
}

/** Directories are asked so often at least, ms. */
const pollMs = 60_000;

function accountsNotRead(facts: Facts, { noSuccessMs, accountsEveryMs }: Patience): Holding[] {
  const { alarm, accountsReadAtMs } = facts;
  if (alarm !== null) return []; // it goes without saying
  if (accountsReadAtMs !== null && !isStale(accountsReadAtMs, facts, { lateMs: accountsEveryMs + pollMs, noSuccessMs }))
    return [];
  const afterMs = accountsReadAtMs === null ? noSuccessMs : accountsEveryMs + noSuccessMs;
  return [
    {
      ...plain,
      kind: 'accounts-not-read',
      sinceMs: since(accountsReadAtMs, facts),
      afterMs,
      problems: saidBy(facts, 'pusher'),
    },
  ];
}

function credentialsRefused({ alarm }: Facts, { settleMs }: Patience): Holding[] {
  if (alarm === null) return [];
  const { sinceMs, message } = alarm;
  return [{ ...plain, kind: 'credentials-refused', sinceMs, afterMs: settleMs, problems: [message] }];
}

function notDelivered(facts: Facts, { noSuccessMs }: Patience): Holding[] {
  const { alarm, mayDeliver, late } = facts;
  if (alarm !== null || !mayDeliver || late.count === 0) return [];
  return [
    {
      ...plain,
      kind: 'not-delivered',
      sinceMs: late.sinceMs,
      afterMs: noSuccessMs,
      count: late.count,
      problems: saidBy(facts, 'pusher'),
    },
  ];
}

function rightsLost(facts: Facts, { settleMs }: Patience): Holding[] {
  const problems = problemsOf(facts, 'watcher').filter(saysRightsLost);
  return problems.length === 0 ? [] : [{ ...plain, kind: 'rights-lost', sinceMs: null, afterMs: settleMs, problems }];
}

function noSeatLeft({ noSeat, seatless }: Facts, { settleMs }: Patience): Holding[] {
  if (noSeat === null) return [];
  const { sinceMs, message } = noSeat;
  return [{ ...plain, kind: 'no-seat', sinceMs, afterMs: settleMs, count: seatless, problems: [message] }];
}

function seatsNearlyUsed({ licences }: Facts, { settleMs }: Patience): Holding[] {
  if (licences === null || !areNearlyTaken(licences)) return [];
  return [{ ...plain, kind: 'seats-nearly-used', sinceMs: null, afterMs: settleMs, count: licences.taken }];
}

function servicesNotReady({ services }: Facts, { noSuccessMs }: Patience): Holding[] {
  return services.flatMap(({ service, instances }) => {
    const unready = instances.filter(({ ready }) => !ready);
    if (instances.length > 0 && unready.length === 0) return [];
    const told = unready.flatMap(({ problems }) => (problems.length > 0 ? problems : ['is not ready']));
    const problems = instances.length === 0 ? [`no ${service} is running: start it`] : [...new Set(told)];
    const others = problems.filter((problem) => !saysRightsLost(problem)); // those are told at once
    if (others.length === 0) return [];
    return [
      { ...plain, kind: 'service-not-ready', subject: service, sinceMs: null, afterMs: noSuccessMs, problems: others },
    ] satisfies Holding[];
  });
}

function people({ held, pending, aside }: Facts, { settleMs }: Patience): Holding[] {
  const lists = [
    ['people-held', held],
    ['people-pending', pending],
    ['people-aside', aside],
  ] as const;
  return lists.flatMap(([kind, { count, newestMs }]): Holding[] =>
    count === 0 ? [] : [{ ...plain, kind, sinceMs: null, afterMs: settleMs, count, newestMs }],
  );
}
