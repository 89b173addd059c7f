/** Having exactly the steps sent that were judged to go, and waiting for it. */
import type { PersonKey } from '@connector/shared/keys.ts';
import type { Outstanding } from '@connector/sync/requests/outstanding.ts';
import { type Left, readLeft } from '@connector/sync/requests/reviewed-left.ts';
import { endReviewedRunIfDone, openReviewedRun, readReviewedRun } from '@connector/sync/requests/reviewed-run.ts';
import { parseReviewed, type Reviewed, reviewedText, stepDigest } from '@connector/sync/requests/reviewed-steps.ts';
import { readRun } from '@connector/sync/requests/steering.ts';
import type { Context } from '../context.ts';
import { ringPlanners } from '../ring-planners.ts';
import type { Session } from '../session.ts';
import { type Waited, waitUntilDone } from '../sync/wait-for-sync.ts';
import { momentText } from '../text/when.ts';
import { decideReviewed } from './decide-reviewed.ts';
import { isGoing } from './outcomes.ts';
import type { WaitingOptions } from './read-afresh.ts';
import type { JudgedPerson } from './verdicts.ts';

/** In manual mode one thing after the other is sent: a sync, or what a plan file says. */
export class RunUnderWay extends Error {
  override readonly name = 'RunUnderWay';
  readonly code = 'RUN_UNDER_WAY';
}

/** @throws RunUnderWay while a sync, or another plan file, is being done in manual mode */
export async function refuseRunning({ store, configuration }: Session): Promise<void> {
  if (configuration.sync.mode === 'automatic') return;
  const sync = await readRun(store);
  const other = sync ?? (await readReviewedRun(store));
  if (other === null) return;
  const what = sync === null ? 'another plan file is being applied' : 'a sync, which sends everything, is under way';
  throw new RunUnderWay(
    `${what}, asked for by ${other.by} at ${momentText(other.atMs)}: apply yours when "connector status" shows its end`,
  );
}

/** What goes, by digests; somebody of whom a part was held is in the file twice. */
export function digestsToSend(people: readonly JudgedPerson[]): Map<PersonKey, string[]> {
  const digests = new Map<PersonKey, string[]>();
  for (const { planned, verdicts } of people) {
    const { person, username } = planned;
    const going = verdicts.filter(isGoing).map(({ step }) => stepDigest(username, step));
    if (going.length > 0) digests.set(person, [...(digests.get(person) ?? []), ...going]);
  }
  return digests;
}

/**
 * Decides about whom it takes a word, then, in manual mode, opens a run of these steps alone; else they go by themselves.
 * @returns how the wait for it ended
 * @throws RunUnderWay
 */
export async function sendReviewed(
  { session, by }: Context,
  people: readonly JudgedPerson[],
  waiting: WaitingOptions,
): Promise<Waited> {
  const { store, configuration, explain } = session;
  const digests = digestsToSend(people);
  await refuseRunning(session);
  const asking = { by, atMs: Date.now() };
  // Before the run begins: it ends when nobody is on the way any more, and they are from now on.
  const decided = await decideReviewed(store, people, asking);
  const isManual = configuration.sync.mode === 'manual';
  while (isManual && !(await openReviewedRun(store, digests, asking))) await refuseRunning(session);
  await store.makeDurable(); // what is told from now on must outlive a crash of Redis
  if (decided.length > 0) await ringPlanners(session, decided);
  const reviewed = reviewedOf(digests);
  const readOutstanding = async (nowMs: number) =>
    outstandingOf(isManual ? await endReviewedRunIfDone(store, nowMs) : (await readLeft(store, reviewed, nowMs)).left);
  return await waitUntilDone({ store, readOutstanding, explain, ...waiting });
}

const reviewedOf = (digests: ReadonlyMap<PersonKey, readonly string[]>): Reviewed =>
  new Map([...digests].map(([person, steps]) => [person, parseReviewed(reviewedText(steps), '')]));

const nothingLeft: Left = { toPlan: 0, toJudge: 0, toDeliver: 0 };

const outstandingOf = (left: Left | null): Outstanding => ({
  reading: [],
  logEntries: 0,
  readingAccounts: false,
  ...(left ?? nothingLeft),
});
