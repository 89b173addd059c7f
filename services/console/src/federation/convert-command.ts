/** `connector federation convert`: the log-ins of a group's members become federated ones. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FederatedBy } from '@connector/shared/plan.ts';
import { WrongUsage } from '../command-line/wrong-usage.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { type Report, untold } from '../progress/report.ts';
import { ringPlanners } from '../ring-planners.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted } from '../text/when.ts';
import { ask, type Member, membersFor, type Standing, waitingOf } from './conversion.ts';

export interface ConvertOptions extends Common {
  /** `null`: everybody who waits, to take it back. */
  readonly group: string | null;
  /** What was asked for is taken back, as far as it hasn't happened yet. */
  readonly cancel: boolean;
  /** Nobody is asked. */
  readonly yes: boolean;
  /** Nothing is changed. */
  readonly dryRun: boolean;
  /** Given when the person doesn't want to wait any longer: whoever was asked for by then stays so. */
  readonly signal: AbortSignal;
}

/** A pusher at work on somebody has done so soon, ms. */
const againAfterMs = 200;
const tries = 25;

/** Shows whom it is about, and asks for it. @throws WrongUsage, ConversionRefused, NotPlanned; Interrupted before anybody was asked for */
export async function convert(context: Context, options: ConvertOptions): Promise<ExitCode> {
  const { session, terminal } = context;
  const { group, cancel, yes, dryRun, json, signal } = options;
  if (!yes && !dryRun && terminal.ask === null)
    throw new WrongUsage('nobody can be asked here, say --yes or --dry-run', { command: 'connector federation' });
  const { mode, members } =
    cancel || group === null
      ? { mode: null, members: await waitingOf(session, group) }
      : await membersFor(session, group);
  const wanted = members.filter(({ standing }) => standing === (cancel ? 'waiting' : 'convertible'));
  if (!json && !cancel) print(context, membersText(members, { count: wanted.length, paint: terminal.paint }));
  const isWanted =
    wanted.length > 0 && !dryRun && (yes || (await terminal.ask?.(questionFor(wanted, cancel))) === true);
  signal.throwIfAborted();
  const onHowFar = json ? untold : terminal.progress;
  const done = isWanted ? await askAll(context, { wanted, federating: mode, onHowFar, signal }) : [];
  if (json) printJson(context, conversionJson(members, { group, mode, done }));
  else print(context, [outcomeText({ wanted, done, isWanted, cancel, isInterrupted: signal.aborted })]);
  return isWanted && done.length < wanted.length ? 1 : 0;
}

const questionFor = (wanted: readonly Member[], cancel: boolean): string =>
  cancel
    ? `Let ${counted(wanted.length, 'person', 'people')} go on with their master passwords?`
    : `Make the log-in of ${counted(wanted.length, 'person', 'people')} a federated one?`;

interface Asking {
  readonly wanted: readonly Member[];
  /** `null`: it is taken back. */
  readonly federating: FederatedBy | null;
  readonly onHowFar: (report: Report) => void;
  readonly signal: AbortSignal;
}

/** @returns those for whom it is asked for by now: all, but for whoever has changed meanwhile, or comes after an interruption */
async function askAll({ session, by }: Context, asking: Asking): Promise<Member[]> {
  const { wanted, federating, onHowFar, signal } = asking;
  const { store } = session;
  const done: Member[] = [];
  for (const member of wanted) {
    for (let attempt = 0; attempt < tries && !signal.aborted; attempt++) {
      if (await ask(store, member, { federating, by })) {
        done.push(member);
        break;
      }
      await sleep(againAfterMs);
    }
    if (signal.aborted) break;
    onHowFar({ doing: 'asking', done: done.length, of: wanted.length, what: 'people' });
  }
  if (done.length === 0) signal.throwIfAborted(); // it says that nothing was written
  await store.makeDurable(); // what is told below must outlive a crash of Redis
  await ringPlanners(
    session,
    done.map(({ person }) => person),
  );
  return done;
}

const standingWords: Readonly<Record<Standing, string>> = {
  convertible: 'log in by a master password',
  waiting: 'were asked for already, and their key is to be registered',
  federated: 'are federated already',
  'without-account': 'have no account: who gets one is federated from the start',
};

interface Shown {
  readonly count: number;
  readonly paint: Paint;
}

function membersText(members: readonly Member[], { count, paint }: Shown): string[] {
  const rows = Object.entries(standingWords).flatMap(([standing, words]): Cell[][] => {
    const these = members.filter((member) => member.standing === standing).length;
    return these === 0 ? [] : [[String(these), words]];
  });
  const more = count === 0 ? [] : ['', ...whatFollows];
  return [`The group has ${counted(members.length, 'person', 'people')} in it.`, ...aligned(rows, { paint }), ...more];
}

const whatFollows = [
  'Their keys are registered, and until then nothing else is done to their accounts, unless they leave.',
  'From then on their mail can’t be changed any more. Each logs in once more with the master password, and then by the directory.',
];

interface Outcome {
  readonly wanted: readonly Member[];
  readonly done: readonly Member[];
  readonly isWanted: boolean;
  readonly cancel: boolean;
  readonly isInterrupted: boolean;
}

function outcomeText({ wanted, done, isWanted, cancel, isInterrupted }: Outcome): string {
  if (wanted.length === 0) return cancel ? 'Nobody waits.' : 'There is nobody to convert.';
  if (!isWanted) return 'Nothing was changed.';
  const left = wanted.length - done.length;
  const ofAll = `${done.length} of ${counted(wanted.length, 'person', 'people')}`;
  if (isInterrupted && left > 0)
    return cancel
      ? `Interrupted: ${ofAll} go on with their master passwords. Run it again for the others.`
      : `Interrupted: asked for ${ofAll}. Run it again for the others, or with --cancel to take it back.`;
  const moved = left === 0 ? '' : ` ${counted(left, 'person has', 'people have')} changed meanwhile: run it again.`;
  return cancel
    ? `${counted(done.length, 'person goes', 'people go')} on with their master passwords.${moved}`
    : `Asked for ${counted(done.length, 'person', 'people')}; "connector federation status" tells how far it is.${moved}`;
}

interface ForPrograms {
  readonly group: string | null;
  readonly mode: FederatedBy | null;
  readonly done: readonly Member[];
}

const conversionJson = (members: readonly Member[], { group, mode, done }: ForPrograms): object => ({
  ...{ group, mode },
  people: members.map((member) => ({ ...member, done: done.includes(member) })),
});
