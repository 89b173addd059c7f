/** Sealing the audit trail: each entry gets its number, and a hash that binds all entries up to it. Whoever comes first does it. */
import { type AuditHead, auditBeginning, auditHead, hashAfter } from '@connector/shared/audit.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';

/** So many in one transaction: Redis serves nobody else meanwhile. */
const atOnce = 500;

/** Seals all that there is. @returns the newest sealed entry */
export async function sealAudit({ redis, keys, commit }: Store): Promise<AuditHead> {
  for (;;) {
    const { raw, value } = parseStored(auditHead, keys.auditHead, await redis.get(keys.auditHead));
    const head = value ?? auditBeginning;
    const unsealed = await redis.xrange(keys.auditUnsealed, '-', '+', 'COUNT', atOnce);
    if (unsealed.length === 0) return head;
    let { sequence, hash } = head;
    const writes: string[][] = [];
    const seen = new Set<string>();
    for (const [id, [, entry = '']] of unsealed) {
      if (seen.has(entry)) {
        writes.push(['XDEL', keys.auditUnsealed, id]); // sent twice
        continue;
      }
      seen.add(entry);
      sequence++;
      hash = hashAfter(hash, sequence, entry);
      writes.push(
        ['XADD', keys.audit, `${sequence}-0`, 'entry', entry, 'hash', hash],
        ['XDEL', keys.auditUnsealed, id],
      );
    }
    await commit({
      guards: [{ command: ['GET', keys.auditHead], is: raw }], // else somebody else has just done it
      writes: [...writes, ['SET', keys.auditHead, JSON.stringify({ sequence, hash } satisfies AuditHead)]],
    });
  }
}
