/** Looking after the audit trail: what was written is sealed, and what is old enough trimmed. Whichever reconciler comes first does it. */
import type { Attempts } from '@connector/shared/attempts.ts';
import { type AuditHead, auditBeginning } from '@connector/shared/audit.ts';
import { every } from '@connector/shared/every.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { Service } from '@connector/shared/service.ts';
import { sealAudit } from '@connector/sync/audit/seal-audit.ts';
import { AuditBroken, trimAudit } from '@connector/sync/audit/trim-audit.ts';

const everyMs = 1_000;
/** Nobody misses what is kept a little longer, ms. */
const trimEveryMs = 10_000;
/** What the newest sealed entry is goes into the log at most this often, ms. */
const tellEveryMs = 60_000;

/** Does so until the service ends. */
export function keepAudit({ store, configuration, log, signal }: Service, sealing: Attempts<never>): Promise<void> {
  let told = { sequence: 0, atMs: Number.NEGATIVE_INFINITY };
  let problem: string | null = null;
  const onError = (error: Error) => {
    if (isRedisTrouble(error) || error.message === problem) return;
    problem = error.message;
    if (error instanceof AuditBroken) log.error(error.message);
    else log.error({ err: error }, `the audit trail can't be looked after: ${error.message}`);
  };
  let newest: AuditHead = auditBeginning;
  let trimmedAtMs = Number.NEGATIVE_INFINITY;
  return every({ pauseMs: everyMs, signal, onError }, async () => {
    sealing.began({});
    if ((await store.redis.xlen(store.keys.auditUnsealed)) > 0) newest = await sealAudit(store);
    sealing.succeeded({});
    const nowMs = Date.now();
    // The log is elsewhere than Redis: what stands there proves the trail against whoever can write to Redis.
    if (newest.sequence !== told.sequence && nowMs - told.atMs >= tellEveryMs) {
      log.info({ entry: `${newest.sequence}:${newest.hash}` }, 'the audit trail is sealed');
      told = { sequence: newest.sequence, atMs: nowMs };
    }
    if (Math.abs(nowMs - trimmedAtMs) >= trimEveryMs) {
      const trimmed = await trimAudit(store, { keepMs: configuration.audit.keep, nowMs });
      if (trimmed > 0) log.debug({ trimmed }, 'old entries of the audit trail were trimmed');
      trimmedAtMs = nowMs;
    }
    problem = null;
  });
}
