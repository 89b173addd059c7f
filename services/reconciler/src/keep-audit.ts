/** Looking after the audit trail: what was written is sealed, and what is old enough trimmed. Whichever reconciler comes first does it. */
import { every } from '@connector/shared/every.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { Service } from '@connector/shared/service.ts';
import { sealAudit } from '@connector/sync/audit/seal-audit.ts';
import { AuditBroken, trimAudit } from '@connector/sync/audit/trim-audit.ts';

const everyMs = 1_000;
/** What the newest sealed entry is goes into the log at most this often, ms. */
const tellEveryMs = 60_000;

/** Does so until the service ends. */
export function keepAudit({ store, configuration, log, signal }: Service): Promise<void> {
  let told = { sequence: 0, atMs: Number.NEGATIVE_INFINITY };
  let problem: string | null = null;
  const onError = (error: Error) => {
    if (isRedisTrouble(error) || error.message === problem) return;
    problem = error.message;
    if (error instanceof AuditBroken) log.error(error.message);
    else log.error({ err: error }, `the audit trail can't be looked after: ${error.message}`);
  };
  return every({ pauseMs: everyMs, signal, onError }, async () => {
    const { sequence, hash } = await sealAudit(store);
    // The log is elsewhere than Redis: what stands there proves the trail against whoever can write to Redis.
    if (sequence !== told.sequence && Date.now() - told.atMs >= tellEveryMs) {
      log.info({ entry: `${sequence}:${hash}` }, 'the audit trail is sealed');
      told = { sequence, atMs: Date.now() };
    }
    const trimmed = await trimAudit(store, { keepMs: configuration.audit.keep, nowMs: Date.now() });
    if (trimmed > 0) log.debug({ trimmed }, 'old entries of the audit trail were trimmed');
    problem = null;
  });
}
