/**
 * The queues between the services. A job is a doorbell with a name on it, never the truth: whoever answers it takes what
 * is outstanding from Redis, so a job that is lost, doubled or late does no harm. Nothing is retried by BullMQ; a sweep
 * rings again for whatever is still outstanding.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, Queue, Worker } from 'bullmq';
import { z } from 'zod';
import { queueTracing } from './queue-tracing.ts';
import { connectRedis, type RedisTarget } from './redis.ts';

/** What may be written on each bell. */
const bells = {
  /** The change log of a directory has grown. */
  'directory-changes': z.strictObject({ directory: z.string() }),
  /** Somebody must be planned; without names, everybody outstanding. */
  'people-to-plan': z.strictObject({ people: z.array(z.string()).optional() }),
  /** There is something to deliver. */
  'account-updates': z.strictObject({}),
} as const;
export type QueueName = keyof typeof bells;
export type Bell<Name extends QueueName> = z.infer<(typeof bells)[Name]>;
export const queueNames = Object.keys(bells) as QueueName[];

export interface QueueOptions {
  readonly target: RedisTarget;
  /** BullMQ's prefix: the hash tag of all keys. */
  readonly prefix: string;
}

/** Rings one queue. */
export interface Ringer<Name extends QueueName> {
  ring(bell: Bell<Name>): Promise<void>;
  /** Rings unless a ring of the sweep is still waiting to be answered. */
  sweep(bell: Bell<Name>): Promise<void>;
  close(): Promise<void>;
}

/** Jobs that the dashboard can still show; more would only cost memory. */
const kept = { removeOnComplete: { count: 100, age: 3_600 }, removeOnFail: { count: 100, age: 86_400 } };

export function ringerOf<Name extends QueueName>(name: Name, { target, prefix }: QueueOptions): Ringer<Name> {
  const connection = connectRedis(target, { name: `ring-${name}` });
  const queue = new Queue<Bell<Name>>(name, { connection: connection as ConnectionOptions, prefix, ...queueTracing() });
  queue.on('error', () => undefined); // a ring that fails is made good by the sweep; an outage of Redis is told by the readiness check
  const add = queue.add.bind(queue) as (title: string, bell: Bell<Name>, options: object) => Promise<unknown>;
  return {
    ring: async (bell) => void (await add(name, bell, kept)),
    sweep: async (bell) => void (await add(name, bell, { jobId: 'sweep', removeOnComplete: true, removeOnFail: true })),
    close: async () => {
      queue.close().catch(() => undefined); // nothing is left to do there, and Redis may be away
      connection.disconnect();
    },
  };
}

export interface AnswerOptions<Name extends QueueName> extends QueueOptions {
  readonly answer: (bell: Bell<Name>) => Promise<void>;
  /** How many bells are answered side by side. */
  readonly concurrency: number;
  readonly onError: (error: Error) => void;
}

/** So long BullMQ may note after the last answer what became of its jobs, which matters to nobody, ms: Redis may be away. */
const bookkeepingMs = 1_000;

/** Answers one queue's bells until it is closed; what is being answered comes to its end first. */
export function answerBells<Name extends QueueName>(
  name: Name,
  { target, prefix, answer, concurrency, onError }: AnswerOptions<Name>,
): { close(): Promise<void> } {
  const connection = connectRedis(target, { name: `answer-${name}`, blocking: true });
  connection.on('error', () => undefined); // BullMQ reports it through the worker
  const underWay = new Set<Promise<void>>();
  const answerJob = async ({ data }: { data: unknown }) => {
    const answering = answer(bells[name].parse(data) as Bell<Name>);
    underWay.add(answering);
    await answering.finally(() => underWay.delete(answering));
  };
  const worker = new Worker<Bell<Name>>(name, answerJob, {
    connection: connection as ConnectionOptions,
    prefix,
    ...queueTracing(),
    concurrency,
    // Another replica takes over what a killed one held within lockDuration and two stalledIntervals, however often.
    lockDuration: 3_000,
    stalledInterval: 2_000,
    maxStalledCount: 1_000_000,
  });
  worker.on('failed', (_, error) => onError(error));
  worker.on('error', onError);
  return {
    close: async () => {
      const closed = worker.close();
      const answered = async () => {
        while (underWay.size > 0) await Promise.allSettled(underWay);
        await sleep(bookkeepingMs, undefined, { ref: false });
      };
      await Promise.race([closed, answered()]);
      connection.disconnect();
      closed.catch(() => undefined); // cut off, if it is
    },
  };
}

/** Opens all queues to be looked at; nothing is written, not even that somebody looks. */
export function openQueues({ target, prefix }: QueueOptions): {
  readonly queues: readonly Queue[];
  close(): Promise<void>;
} {
  const connection = connectRedis(target, { name: 'look-at-queues' });
  const queues = queueNames.map(
    (name) => new Queue(name, { connection: connection as ConnectionOptions, prefix, skipMetasUpdate: true }),
  );
  for (const queue of queues) queue.on('error', () => undefined); // told by the answer to whoever looks
  return {
    queues,
    close: async () => {
      for (const queue of queues) queue.close().catch(() => undefined); // nothing is left to do there, and Redis may be away
      connection.disconnect();
    },
  };
}
