/**
 * A queue as the dashboard may show it: what failed can be tried again, and nothing else changed; and without the people it is about, unless somebody has asked for them. A job is a
 * doorbell, so what its bell says is all there is to hide; but an error may name anybody, and whatever else a job holds isn't ours.
 */
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Job } from 'bullmq';
import { z } from 'zod';

/** What may be shown of a bell; a directory's id is no secret. */
const shown = z.object({ directory: z.string().optional(), people: z.array(z.string()).optional() });

/** What a bell says, with the number of people instead of who they are. */
export function withoutPeople(bell: unknown): object {
  const { data } = shown.safeParse(bell);
  if (data === undefined) return { hidden: true };
  const { directory, people } = data;
  return {
    ...(directory === undefined ? {} : { directory }),
    ...(people === undefined ? {} : { people: people.length }),
  };
}

/** Takes out of a job that was just read whatever could name somebody. */
function hide(job: Job): Job {
  job.name = job.queueName;
  job.data = withoutPeople(job.data);
  job.opts = {};
  job.progress = 0;
  job.returnvalue = null;
  job.stacktrace = [];
  if (job.failedReason) job.failedReason = 'The service that answered has told it in its log.';
  job.deferredFailure = '';
  delete job.deduplicationId;
  return job;
}

/** bull-board's view of one queue. Who may do what with it is for the dashboard's routes to say. */
export class ShownJobs extends BullMQAdapter {
  /** None of our jobs has a family, which would be read past this view. */
  override async getFlowProducer(): Promise<null> {
    return null;
  }
}

/** The same without people. */
export class HiddenJobs extends ShownJobs {
  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    return job && hide(job);
  }

  override async getJobs(...asked: Parameters<BullMQAdapter['getJobs']>): Promise<Job[]> {
    return (await super.getJobs(...asked)).map(hide);
  }

  /** None of our jobs has a log. */
  override async getJobLogs(): Promise<string[]> {
    return [];
  }
}
