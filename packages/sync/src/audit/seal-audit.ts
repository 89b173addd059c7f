/** Sealing the audit trail: each entry gets its number, and a hash that binds all entries up to it. Whoever comes first does it. */
import { createHash } from 'node:crypto';
import { type AuditHead, hashAfter } from '@connector/shared/audit.ts';
import type { State } from '@connector/shared/state.ts';
import { readHead, type SealedText } from './audit-ends.ts';
import { operationWrites } from './last-operations.ts';

/** So many entries in one transaction, or those of one batch more: Redis serves nobody else meanwhile. */
const atOnce = 400;
/** What was written is looked at in parts of so many, each of which may hold as many entries as a call to LastPass has people. */
const readAtOnce = 50;
/** A transaction whose answer was lost is sent again within seconds, or never; remembered for longer, ms. */
const sentAgainWithinMs = 120_000;

/** What one transaction has written. */
interface Written {
  /** In the stream of what isn't sealed. */
  readonly id: string;
  /** Tells it from all others. */
  readonly digest: string;
  /** One text for each entry. */
  readonly entries: readonly string[];
}

function written([id, [kind, text = '']]: readonly [id: string, fields: readonly string[]]): Written {
  const digest = createHash('sha256').update(text).digest('base64url');
  return { id, digest, entries: kind === 'entries' ? single(text) : [text] };
}

function single(text: string): string[] {
  try {
    return (JSON.parse(text) as unknown[]).map((entry) => JSON.stringify(entry));
  } catch {
    return [text]; // nobody of us has written it: it is sealed as it is, and whoever reads it is told
  }
}

/** As many from the front as are sealed in one transaction. */
function firstOf(all: readonly Written[]): Written[] {
  let entries = 0;
  return all.filter((each) => {
    const fits = entries < atOnce;
    entries += each.entries.length;
    return fits;
  });
}

/** Seals all that there is. @returns the newest sealed entry */
export async function sealAudit(state: State): Promise<AuditHead> {
  const { redis, keys, commit } = state;
  for (;;) {
    const { raw, value: head } = await readHead(state);
    const unsealed = await redis.xrange(keys.auditUnsealed, '-', '+', 'COUNT', readAtOnce);
    if (unsealed.length === 0) return (await readHead(state)).value; // somebody else may just have sealed it
    const taken = firstOf(unsealed.map(written));
    const before = await redis.zmscore(keys.auditSealed, ...taken.map(({ digest }) => digest));
    const seen = new Set(taken.filter((_, index) => before[index] !== null).map(({ digest }) => digest));
    const sealed: SealedText[] = [];
    let { sequence, hash } = head;
    for (const { digest, entries } of taken) {
      if (seen.has(digest)) continue; // sent twice
      seen.add(digest);
      for (const text of entries) {
        sequence++;
        hash = hashAfter(hash, sequence, text);
        sealed.push({ sequence, hash, text });
      }
    }
    const nowMs = Date.now();
    await commit({
      guards: [{ command: ['GET', keys.auditHead], is: raw }], // else somebody else has just done it
      writes: [
        ...sealed.map((each) => ['XADD', keys.audit, `${each.sequence}-0`, 'entry', each.text, 'hash', each.hash]),
        ...(await operationWrites(state, sealed)),
        ['XDEL', keys.auditUnsealed, ...taken.map(({ id }) => id)],
        ...taken.map(({ digest }) => ['ZADD', keys.auditSealed, String(nowMs), digest]),
        ['ZREMRANGEBYSCORE', keys.auditSealed, '-inf', String(nowMs - sentAgainWithinMs)],
        ['SET', keys.auditHead, JSON.stringify({ sequence, hash } satisfies AuditHead)],
      ],
    });
  }
}
