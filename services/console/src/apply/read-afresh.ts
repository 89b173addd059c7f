/** Having both ends read afresh by the services, and looking at what they have planned then. */
import { policyVersion } from '@connector/shared/policy.ts';
import { notYet } from '@connector/sync/plan/planning-context.ts';
import { countingPolicy } from '@connector/sync/plan/policy-in-force.ts';
import { copyState } from '@connector/sync/preview/copied-state.ts';
import type { HowFar } from '@connector/sync/preview/how-far.ts';
import { runToItsEnd } from '@connector/sync/preview/simulated-run.ts';
import { toBePlanned } from '@connector/sync/requests/outstanding.ts';
import { makeRequest, requestWrites } from '@connector/sync/requests/request.ts';
import type { Session } from '../session.ts';
import { type Look, lookAfter, type Waited, waitUntilDone } from '../sync/wait-for-sync.ts';
import { type Named, readPeopleNow } from './person-now.ts';
import type { PlannedNow } from './verdicts.ts';

/** Nothing is planned by which a plan file could be judged. */
export class NotPlanned extends Error {
  override readonly name = 'NotPlanned';
  readonly code = 'NOT_PLANNED';
}

export interface WaitingOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onLook: (look: Look) => void;
}

/** Asks for what changed and all accounts, and waits until it is read and planned; in manual mode nothing is sent for it. */
export async function readAfresh({ store, configuration, explain }: Session, waiting: WaitingOptions): Promise<Waited> {
  const watched = {
    directories: configuration.directories.map(({ id }) => id),
    policy: configuration.policy,
  };
  const request = await makeRequest(store, { full: false });
  const ask = async () => {
    await store.commit({ guards: [], writes: requestWrites(store, request) });
  };
  await ask();
  const asked = { watched, request, askAgain: ask };
  const readOutstanding = async (nowMs: number) => toBePlanned(await lookAfter(store, asked, nowMs), request);
  return await waitUntilDone({ store, readOutstanding, explain, ...waiting });
}

/**
 * What is planned now, by what the services know, all of one moment.
 * @throws NotPlanned, PreviewUnfinished
 */
export async function readPlannedNow(
  { store, configuration: { directories, policy } }: Session,
  people: readonly Named[],
  { signal, onHowFar }: { signal: AbortSignal; onHowFar: (howFar: HowFar) => void },
): Promise<PlannedNow> {
  const state = await copyState(
    store,
    directories.map(({ id }) => id),
  );
  const planning = { store: state, policy, directories };
  const { inForce, policy: counting } = await countingPolicy(state, policy);
  if (inForce === null) throw new NotPlanned('nothing is planned yet: no reconciler has started');
  if (inForce.version !== policyVersion(counting, directories))
    throw new NotPlanned('the policy in force is another than the one configured here: restart the services with it');
  const obstacle = await notYet(planning);
  if (obstacle !== null) throw new NotPlanned(`nothing is planned yet: ${obstacle}`);
  const now = await readPeopleNow(state, people);
  return { people: now, sent: await runToItsEnd({ planning, signal, onHowFar }) };
}
