/** A service of a release to come, as a process: it changes what is in Redis, and takes until somebody lets it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runService } from '@connector/shared/service.ts';

await runService('console', async () => ({ close: async () => undefined }), {
  migrations: [
    async ({ redis, keys, commit }) => {
      while ((await redis.get(`${keys.queues}:let-it`)) === null) await sleep(20);
      await commit({ guards: [], writes: [['SET', `${keys.queues}:migrated`, 'yes']] });
    },
  ],
});
