/** What each command does, from the session to its exit code. */
import { ringFor } from '@connector/shared/people-to-plan.ts';
import { ringerOf } from '@connector/shared/queues.ts';
import { type Common, type Context, type ExitCode, operator, print, printJson } from './context.ts';
import { decideAll, peopleDecided, type Verdict } from './held/decide.ts';
import { allDone, type Decisions, decidedJson, decidedText } from './held/decided-text.ts';
import { findHeld, readHeld, type WaitingList } from './held/held-people.ts';
import { heldJson, heldText } from './held/held-text.ts';
import { readServiceStates, serviceProblems } from './status/service-states.ts';
import { readStatus } from './status/status.ts';
import { statusJson } from './status/status-json.ts';
import { statusText } from './status/status-text.ts';
import { ProgressLines, problemLines, progressText } from './sync/progress.ts';
import { requestSync, type SyncRequest } from './sync/request.ts';
import { type Look, readSummary, waitForSync } from './sync/sync.ts';
import { syncJson, waitedText } from './sync/sync-text.ts';
import type { Terminal } from './terminal.ts';

export interface StatusOptions extends Common {
  readonly all: boolean;
}

export async function status(context: Context, { json, all }: StatusOptions): Promise<ExitCode> {
  const { session, terminal } = context;
  const current = await readStatus(session.store, session.configuration, Date.now());
  if (json) printJson(context, statusJson(current));
  else print(context, statusText(current, { paint: terminal.paint, all }));
  return current.problems.length === 0 ? 0 : 1;
}

export interface ListOptions extends Common {
  readonly lists: readonly WaitingList[];
}

/** Lists who waits for a word; of the lists after the first only those with anybody on them. */
export async function list(context: Context, { lists, json }: ListOptions): Promise<ExitCode> {
  const { store } = context.session;
  const read = await Promise.all(lists.map(async (each) => ({ each, people: await readHeld(store, each) })));
  if (json) printJson(context, Object.assign({}, ...read.map(({ each, people }) => heldJson(each, people))));
  else {
    const shown = read.filter(({ people }, index) => index === 0 || people.length > 0);
    const blocks = shown.map(({ each, people }) => heldText(each, people, context.terminal.paint));
    print(
      context,
      blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    );
  }
  return 0;
}

export interface DecideOptions extends Common {
  /** Those who can be meant. */
  readonly from: readonly WaitingList[];
  /** User names, person keys or objectGUIDs; empty: everybody. */
  readonly who: readonly string[];
  readonly verdict: Verdict;
}

export async function decide(context: Context, { who, from, verdict, json }: DecideOptions): Promise<ExitCode> {
  const { store } = context.session;
  const everybody = (await Promise.all(from.map((which) => readHeld(store, which)))).flat();
  const { found, notFound } = who.length > 0 ? findHeld(everybody, who) : { found: everybody, notFound: [] };
  const decided = await decideAll(store, found, { verdict, by: operator(), atMs: Date.now() });
  const people = peopleDecided(decided, verdict);
  if (people.length > 0) {
    await store.makeDurable(); // what is told below must outlive a crash of Redis
    await ringPlanners(context, people);
  }
  const decisions: Decisions = { verdict, from, decided, notFound };
  if (json) printJson(context, decidedJson(decisions));
  else print(context, decidedText(decisions, context.terminal.paint));
  return allDone(decisions) ? 0 : 1;
}

/** Lets the reconcilers plan at once; were the ring lost, their sweep would find the people a second later. */
async function ringPlanners({ session }: Context, people: readonly string[]): Promise<void> {
  const { store, configuration } = session;
  const ringer = ringerOf('people-to-plan', { target: configuration.redis, prefix: store.keys.queues });
  try {
    await ringFor(ringer, people);
  } finally {
    await ringer.close();
  }
}

export interface SyncOptions extends Common {
  readonly wait: boolean;
  readonly timeoutMs: number;
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
}

export async function sync(context: Context, { wait, timeoutMs, signal, json }: SyncOptions): Promise<ExitCode> {
  const { store, configuration, explain } = context.session;
  const directories = configuration.directories.map(({ id }) => id);
  const startedAtMs = performance.now();
  const request = await requestSync(store);
  if (!json) print(context, [`Asked for a full read of ${directories.join(', ')} and for reading the accounts.`]);
  if (!wait) return askedOnly(context, request, json);
  const onLook = json ? () => undefined : teller(context.terminal);
  const waited = await waitForSync({ store, directories, request, timeoutMs, signal, onLook, explain });
  const tookMs = performance.now() - startedAtMs;
  const finished = waited.end === 'finished';
  const summary = finished ? await readSummary(store) : null;
  if (json) printJson(context, syncJson(request, { waited, problems: waited.last.problems, tookMs, summary }));
  else print(context, waitedText(waited, { tookMs, summary, paint: context.terminal.paint }));
  return finished ? 0 : 1;
}

async function askedOnly(context: Context, request: SyncRequest, json: boolean): Promise<ExitCode> {
  const problems = serviceProblems(await readServiceStates(context.session.store, Date.now()));
  if (json) printJson(context, syncJson(request, { waited: null, problems, tookMs: 0, summary: null }));
  else print(context, problemLines([], problems));
  return 0;
}

/** Tells problems as they come and go, and how far it is. */
function teller({ line, progress }: Terminal): (look: Look) => void {
  const lines = new ProgressLines();
  let told: readonly string[] = [];
  return ({ outstanding, problems }) => {
    for (const text of problemLines(told, problems)) line(text);
    told = problems;
    if (outstanding === null) return;
    if (progress) return progress(progressText(outstanding));
    const next = lines.next(outstanding, performance.now());
    if (next !== null) line(next);
  };
}
