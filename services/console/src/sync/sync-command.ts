/** `connector sync`: asks for a sync, waits for its end, and tells what it did. */

import { confirmFirstRun } from '@connector/sync/plan/first-run.ts';
import { outstandingOf } from '@connector/sync/requests/outstanding.ts';
import type { SyncRequest } from '@connector/sync/requests/request.ts';
import { makeRequest } from '@connector/sync/requests/request.ts';
import { endRunIfDone, putRequest } from '@connector/sync/requests/steering.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { ringPlanners } from '../ring-planners.ts';
import { counted } from '../text/when.ts';
import { refusePaused } from './delivery-paused.ts';
import { problemLines } from './progress.ts';
import { syncJson, waitedText } from './sync-text.ts';
import { tellerOn } from './tell-progress.ts';
import { lookAfter, readDelivered, readProblems, readSummary, waitUntilDone } from './wait-for-sync.ts';

export interface SyncOptions extends Common {
  /** Read every directory afresh, not only what changed. */
  readonly full: boolean;
  /** The first run may create everybody. */
  readonly confirmFirst: boolean;
  readonly wait: boolean;
  readonly timeoutMs: number;
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
}

export async function sync(context: Context, options: SyncOptions): Promise<ExitCode> {
  const { full, confirmFirst, wait, timeoutMs, signal, json } = options;
  const { store, configuration, explain } = context.session;
  if (wait) await refusePaused(store);
  const directories = configuration.directories.map(({ id }) => id);
  const watched = { directories, policy: configuration.policy };
  const startedAtMs = performance.now();
  const before = await readDelivered(store);
  const confirmed = confirmFirst ? await confirmFirstRun(store) : [];
  const request = await makeRequest(store, { full });
  const asking = { mode: configuration.sync.mode, by: context.by, atMs: Date.now() };
  const ask = () => putRequest(store, request, asking);
  await ask();
  await store.makeDurable(); // what is told below must outlive a crash of Redis
  if (confirmed.length > 0) await ringPlanners(context.session, confirmed);
  if (!json) print(context, askedText({ full, confirmFirst, confirmed: confirmed.length, directories }));
  if (!wait) return askedOnly(context, request, json);
  const onLook = json ? () => undefined : tellerOn(context.terminal);
  const asked = { watched, request, askAgain: ask };
  const readOutstanding = async (nowMs: number) => outstandingOf(await lookAfter(store, asked, nowMs), request);
  const waited = await waitUntilDone({ store, readOutstanding, timeoutMs, signal, onLook, explain });
  const tookMs = performance.now() - startedAtMs;
  const finished = waited.end === 'finished';
  // A pusher does it, too, where nobody waits; but what changes after these last words must not be sent with them.
  if (finished) await endRunIfDone(store, watched, Date.now());
  const summary = finished ? await readSummary(store, before) : null;
  if (json) printJson(context, syncJson(request, { waited, problems: waited.last.problems, tookMs, summary }));
  else print(context, waitedText(waited, { tookMs, summary, paint: context.terminal.paint }));
  return finished ? 0 : 1;
}

function askedText({
  full,
  confirmFirst,
  confirmed,
  directories,
}: {
  full: boolean;
  confirmFirst: boolean;
  confirmed: number;
  directories: readonly string[];
}): string[] {
  const what = full ? 'a full read of' : 'what changed in';
  const held = `${counted(confirmed, 'person it held is', 'people it held are')} created`;
  return [
    ...(confirmFirst ? [`The first run is confirmed${confirmed > 0 ? `: ${held}` : ''}.`] : []),
    `Asked for ${what} ${directories.join(', ')} and for reading the accounts.`,
  ];
}

async function askedOnly(context: Context, request: SyncRequest, json: boolean): Promise<ExitCode> {
  const problems = await readProblems(context.session.store);
  if (json) printJson(context, syncJson(request, { waited: null, problems, tookMs: 0, summary: null }));
  else print(context, problemLines([], problems));
  return 0;
}
