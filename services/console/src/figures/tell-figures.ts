/** Tells Prometheus the state of the whole, as long as the console runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openQueues } from '@connector/shared/queues.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { Running, Service } from '@connector/shared/service.ts';
import { addFigureMetrics } from './figure-metrics.ts';
import { readFigures } from './figures.ts';

/** A Redis that hasn't answered for so long isn't waited for, ms: a scrape has other things to tell, and ends after 10 s as a rule. */
const answerWithinMs = 1_500;

/** Begins it. */
export async function tellFigures({ store, configuration, metrics, log }: Service): Promise<Running> {
  const { queues, close } = openQueues({ target: configuration.redis, prefix: store.keys.queues });
  let problem: string | null = null;
  const unknown = (error: Error) => {
    if (!isRedisTrouble(error) && error.message !== problem) log.error({ err: error }, error.message);
    problem = error.message;
    return null;
  };
  addFigureMetrics(metrics, async () => {
    const reading = readFigures({ store, configuration, queues }, Date.now()).catch(unknown);
    return Promise.race([reading, sleep(answerWithinMs, null, { ref: false })]);
  });
  return { close };
}
