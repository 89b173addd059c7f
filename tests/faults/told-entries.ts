/** What the audit trail tells of the connector's own work in a run, sealed or not. */
import { type AuditEntry, auditEntry } from '@connector/shared/audit.ts';
import { sealAudit } from '@connector/sync/audit/seal-audit.ts';
import type { Run } from './pipeline.ts';

/** All entries that the connector has written, oldest first. */
export async function entriesOf({ store }: Run): Promise<AuditEntry[]> {
  await sealAudit(store);
  const all = await store.redis.xrange(store.keys.audit, '-', '+');
  return all
    .map(([, [, text = '']]) => auditEntry.parse(JSON.parse(text)))
    .filter(({ by, of }) => by === 'connector' && of.kind === 'person');
}

/** What was done to whom, each as often as it is told. */
export const deedsOf = async (run: Run): Promise<string[]> =>
  (await entriesOf(run)).map(({ did, of, is, was }) => `${of.id} ${did} ${JSON.stringify(is ?? was)}`).sort();
