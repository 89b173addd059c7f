/** The console as a process: it shows and steers, and seals the audit trail. */
import { every } from '@connector/shared/every.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import { runService } from '@connector/shared/service.ts';
import { sealAudit } from './audit/seal-audit.ts';
import { addPages } from './service/pages.ts';

const sealEveryMs = 2_000;

await runService(
  'console',
  async ({ store, log, signal }) => {
    let sealed = 0;
    const onError = (error: Error) => {
      if (!isRedisTrouble(error)) log.error({ err: error }, `the audit trail can't be sealed: ${error.message}`);
    };
    const sealing = every({ pauseMs: sealEveryMs, signal, onError }, async () => {
      const { sequence, hash } = await sealAudit(store);
      // The log is elsewhere than Redis: what stands there proves the trail against whoever can write to Redis.
      if (sequence !== sealed) log.info({ entry: `${sequence}:${hash}` }, 'the audit trail is sealed');
      sealed = sequence;
    });
    return { close: async () => void (await sealing) };
  },
  { pages: addPages },
);
