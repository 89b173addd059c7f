/** The queues as a support bundle has them: how much waits, for how long, and what failed; of whom is left out. */
import { openQueues, type QueueOptions } from '@connector/shared/queues.ts';
import type { Queue } from 'bullmq';
import { withoutPeople } from '../queues/hidden-jobs.ts';
import { isoText } from '../text/when.ts';

/** So many failed jobs of each queue are told, the newest. */
const mostFailed = 20;

export interface QueueState {
  readonly name: string;
  readonly paused: boolean;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly completed: number;
  readonly failed: number;
  /** How long the job waits that is next, ms; `null`: none does. */
  readonly nextWaitsMs: number | null;
  readonly failures: readonly { readonly at: string | null; readonly bell: object }[];
}

/** Looks at all queues. @throws what Redis throws */
export async function readQueueStates(options: QueueOptions, nowMs: number): Promise<QueueState[]> {
  const { queues, close } = openQueues(options);
  try {
    return await Promise.all(queues.map((queue) => stateOf(queue, nowMs)));
  } finally {
    await close();
  }
}

async function stateOf(queue: Queue, nowMs: number): Promise<QueueState> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed');
  const [next] = await queue.getJobs(['waiting'], 0, 0, true);
  const failures = await queue.getFailed(0, mostFailed - 1);
  const count = (state: string) => counts[state] ?? 0;
  return {
    name: queue.name,
    paused: await queue.isPaused(),
    waiting: count('waiting'),
    active: count('active'),
    delayed: count('delayed'),
    completed: count('completed'),
    failed: count('failed'),
    nextWaitsMs: next === undefined ? null : Math.max(0, nowMs - next.timestamp),
    failures: failures.map(({ finishedOn, data }) => ({
      at: finishedOn === undefined ? null : isoText(finishedOn),
      bell: withoutPeople(data),
    })),
  };
}
