/** A job that failed, with an error and a bell that name somebody, as it lies in the queues afterwards. */
import { answerBells, ringerOf } from '@connector/shared/queues.ts';
import { type ConnectionOptions, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { waitUntil } from '../support/wait-until.ts';
import type { Workplace } from './workplace.ts';

/** Lets a job about two people fail. @param name stands in the bell, and in the error */
export async function failJob({ redis: { url }, store }: Workplace, name: string): Promise<void> {
  const where = { target: { url }, prefix: store.keys.queues };
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const queue = new Queue('people-to-plan', { connection: connection as ConnectionOptions, prefix: where.prefix });
  const ringer = ringerOf('people-to-plan', where);
  const answer = () => Promise.reject(new Error(`it failed for ${name}`));
  const answering = answerBells('people-to-plan', { ...where, concurrency: 1, answer, onError: () => undefined });
  try {
    await ringer.ring({ people: [`corp/${name}`, 'corp/x'] });
    await waitUntil('it to fail', async () => (await queue.getFailedCount()) === 1);
  } finally {
    await answering.close();
    await ringer.close();
    await queue.close();
    connection.disconnect();
  }
}
