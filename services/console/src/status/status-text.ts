/** The status, for people. */
import { formatDuration } from '@connector/shared/duration.ts';
import type { SetAside } from '@connector/shared/plan.ts';
import type { Latency } from '@connector/sync/requests/latency.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { timeLeftText } from '../text/time-left.ts';
import { agoText, counted, momentText } from '../text/when.ts';
import type { ServiceState } from './service-states.ts';
import type { DirectoryStatus, Status } from './status.ts';

/** So many of each kind of set-aside people are shown unless all are wanted. */
export const shownAside = 10;

export interface StatusTextOptions {
  readonly paint: Paint;
  /** Show everybody who is set aside. */
  readonly all: boolean;
}

export function statusText(status: Status, { paint, all }: StatusTextOptions): string[] {
  const heading = (text: string) => paint('strong', text);
  const table = (rows: readonly (readonly Cell[])[]) => aligned(rows, { paint });
  return [
    ...problemLines(status, paint),
    heading('Services'),
    ...table(status.services.flatMap((state) => serviceRows(state, status.nowMs))),
    '',
    heading('Directories'),
    ...table(status.directories.map((directory) => directoryRow(directory, status.nowMs))),
    '',
    heading('LastPass'),
    ...table(lastpassRows(status)),
    '',
    heading('People'),
    ...table(peopleRows(status)),
    ...untoldLines(status, paint),
    ...asideLines(status, { paint, all }),
  ];
}

function problemLines({ problems }: Status, paint: Paint): string[] {
  if (problems.length === 0) return [paint('good', 'Nothing stands in the way of the sync.'), ''];
  const rows = problems.map((problem): Cell[] => [['bad', problem]]);
  return [paint('bad', 'The sync is stopped or incomplete:'), ...aligned(rows, { paint }), ''];
}

function untoldLines({ untold, nowMs }: Status, paint: Paint): string[] {
  if (untold.length === 0) return [];
  const rows = untold.map(({ way, waiting, sinceMs, failure }): Cell[] => [
    way,
    `${counted(waiting, 'message waits', 'messages wait')}, the oldest for ${formatDuration(Math.max(0, nowMs - sinceMs))}`,
    ['bad', failure],
  ]);
  return ['', paint('strong', "Notifications that don't get out"), ...aligned(rows, { paint })];
}

function serviceRows({ service, instances }: ServiceState, nowMs: number): Cell[][] {
  if (instances.length === 0) return [[service, ['bad', 'missing']]];
  return instances.map(({ ready, host, pid, startedAtMs }) => [
    service,
    ready ? ['good', 'ready'] : ['bad', 'not ready'],
    `on ${host}, process ${pid}, up for ${formatDuration(Math.max(0, nowMs - startedAtMs))}`,
  ]);
}

function directoryRow(directory: DirectoryStatus, nowMs: number): Cell[] {
  const { id, domainController, completedAtMs, fullRead, usn, caughtUp, logEntries } = directory;
  const read =
    completedAtMs === null
      ? 'never read completely'
      : `read completely ${agoText(completedAtMs, nowMs)} (${momentText(completedAtMs)})`;
  const now = fullRead === 'none' ? [] : [`a full read is ${fullRead}`];
  const upTo = usn === null ? [] : [`changes up to USN ${usn}${caughtUp ? '' : ', with more to come'}`];
  const log = `${counted(logEntries, 'log entry', 'log entries')} outstanding`;
  return [id, domainController ?? 'no domain controller yet', [read, ...now, ...upTo, log].join(', ')];
}

const policyTexts: Record<Status['policy'], string> = {
  'not in force yet': 'not in force yet: no reconciler has started',
  settled: 'settled',
  unsettled: 'changed: whoever would leave is held until a complete read under it is planned',
  'another than configured': 'in force is another than the one configured here: restart the services with it',
};

function policySetCell({ by, atMs, differs }: NonNullable<Status['policySet']>): Cell {
  const text = `by ${by} at ${momentText(atMs)}`;
  return differs.length === 0
    ? text
    : ['strong', `${text}; the configuration differs in ${differs.join(', ')}: see "connector policy"`];
}

function firstRunCell({ limit, created, waiting }: NonNullable<Status['firstRun']>): Cell {
  const confirm = 'look at "connector preview", then confirm with "connector sync --confirm-first"';
  return waiting > 0
    ? ['strong', `${counted(waiting, 'person waits', 'people wait')}: ${confirm}`]
    : `not confirmed yet, ${created} of ${limit} accounts created: ${confirm}`;
}

function manualText({ run, reviewed }: Status): string {
  if (run !== null) return `manual: a sync is under way, asked for by ${run.by} at ${momentText(run.atMs)}`;
  if (reviewed === null) return 'manual: what is to deliver waits for "connector sync" or "connector apply"';
  const { people, by, atMs } = reviewed;
  return `manual: a plan file is being applied, for ${counted(people, 'person', 'people')}, asked for by ${by} at ${momentText(atMs)}`;
}

/** A second is too coarse for what takes a few. */
const shortText = (ms: number): string =>
  ms >= 1_000 && ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms);

/** How long changes took to LastPass; `null` where none came there. */
function latencyText({ people, p50Ms, p95Ms }: Latency): string | null {
  if (p50Ms === null || p95Ms === null) return null;
  const [half, most] = [p50Ms, p95Ms].map(shortText);
  return `changes are there within ${half} (half of them) or ${most} (95 %), of ${counted(people, 'person', 'people')}`;
}

function latencyRows({ latency: { hour, day }, onTheWay, nowMs }: Status): Cell[][] {
  const { people, sinceMs } = onTheWay;
  const oldest = sinceMs === null ? '' : `, the oldest read ${agoText(sinceMs, nowMs)}`;
  return (
    [
      ['on the way', people === 0 ? null : `changes of ${counted(people, 'person', 'people')}${oldest}`],
      ['last hour', latencyText(hour)],
      ['last day', latencyText(day)],
    ] as const
  ).flatMap(([since, text]) => (text === null ? [] : [[since, text]]));
}

function lastpassRows(status: Status): Cell[][] {
  const { accounts, alarm, policy, policySet, firstRun, mode, nowMs } = status;
  const read = accounts.readAtMs === null ? 'never read' : `read ${agoText(accounts.readAtMs, nowMs)}`;
  const rows: Cell[][] = [
    ['accounts', `${accounts.count}, ${read}`],
    ['policy', policyTexts[policy]],
    ...(policySet === null ? [] : [['policy set', policySetCell(policySet)] satisfies Cell[]]),
    ...(firstRun === null ? [] : [['first run', firstRunCell(firstRun)] satisfies Cell[]]),
    ...(mode === 'manual' ? [['mode', manualText(status)]] : []),
    ...latencyRows(status),
  ];
  if (alarm === null) return rows;
  const again =
    alarm.tryAgainAtMs > nowMs ? `in ${formatDuration(alarm.tryAgainAtMs - nowMs)}` : 'as soon as a pusher is there';
  const text = `${alarm.message} (since ${momentText(alarm.sinceMs)}; tried again ${again})`;
  return [...rows, ['alarm', ['bad', text]]];
}

/** Whoever is still to be planned may have to be delivered, too. */
const deliveringText = ({ people, timeLeftMs }: NonNullable<Status['delivering']>, { toPlan }: { toPlan: number }) =>
  `${people}, ${timeLeftText(timeLeftMs, { isAll: toPlan === 0 })}`;

function peopleRows({ people, delivering }: Status): Cell[][] {
  const { inScope, linked, toPlan, toJudge, toDeliver, postponed, held, heldGroups, pending, rejected } = people;
  const { data, refused, noSeat } = people.setAside;
  const aside = data + refused + noSeat;
  const rows: Cell[][] = [
    ['in scope', String(inScope)],
    ['linked', String(linked)],
    ['to plan', String(toPlan)],
    ['to judge', String(toJudge)],
    ['to deliver', postponed > 0 ? `${toDeliver}, ${postponed} of them postponed` : String(toDeliver)],
    ...(delivering === null ? [] : [['delivering', deliveringText(delivering, { toPlan })]]),
    ['held', held > 0 ? ['strong', `${held}: see "connector held"`] : '0'],
    ...(heldGroups > 0
      ? [['held groups', ['strong', `${heldGroups} renamed: see "connector held"`]] satisfies Cell[]]
      : []),
    ...(pending > 0 ? [['pending', ['strong', `${pending}: see "connector pending"`]] satisfies Cell[]] : []),
    ['set aside', aside > 0 ? `${aside}: see "connector aside"` : '0'],
    ...(people.deletedByHand > 0 ? [['deleted by hand', `${people.deletedByHand}: see "connector drift"`]] : []),
  ];
  return rejected > 0 ? [...rows, ['rejected', `${rejected} keep what they have, as somebody decided`]] : rows;
}

const asideTitles: Record<SetAside['kind'], string> = {
  data: "Set aside: the directory's data stands in the way",
  refused: 'Set aside: refused by LastPass',
  'no-seat': 'Set aside: wait for a seat at LastPass, tried every minute',
  drift: 'Deleted by hand at LastPass, and left so',
};

function asideLines({ people, setAside, deletedByHand, nowMs }: Status, { paint, all }: StatusTextOptions): string[] {
  const everybody = [...setAside, ...deletedByHand];
  const counts = {
    data: people.setAside.data,
    refused: people.setAside.refused,
    'no-seat': people.setAside.noSeat,
    drift: people.deletedByHand,
  };
  return (['data', 'refused', 'no-seat', 'drift'] as const).flatMap((kind) => {
    const title = asideTitles[kind];
    const these = everybody.filter((each) => each.kind === kind);
    if (these.length === 0) return [];
    const shown = all ? these : these.slice(0, shownAside);
    const rows = shown.map(({ name, reason, sinceMs }): Cell[] => [
      name,
      ['weak', `for ${formatDuration(Math.max(0, nowMs - sinceMs))}`],
      reason,
    ]);
    const more = counts[kind] - shown.length;
    return [
      '',
      paint('strong', `${title} (${counts[kind]})`),
      ...aligned(rows, { paint }),
      ...(more > 0 ? [`  … and ${more} more: see "connector status --all"`] : []),
    ];
  });
}
