/**
 * Trimming the audit trail from its front once entries are old enough. The last one that went is kept as its *anchor*: its number and hash prove what
 * is left. Only what is whole is trimmed, so that a trim by somebody else isn't covered up by ours.
 */
import { type AuditHead, auditEntry, hashAfter } from '@connector/shared/audit.ts';
import type { State } from '@connector/shared/state.ts';
import { readAnchor, type SealedText, sealedText } from './audit-ends.ts';

/** So many in one transaction: Redis serves nobody else meanwhile. */
const atOnce = 400;

/** The trail isn't whole where it would be trimmed. */
export class AuditBroken extends Error {
  override readonly name = 'AuditBroken';
  readonly code = 'AUDIT_BROKEN';
  /** @param sequence of the oldest entry that should be there */
  constructor(sequence: number) {
    super(
      `the audit trail isn't as it was sealed at its front, which should be entry ${sequence}, so nothing of it is trimmed: see "connector audit verify", and keep what is left with "connector audit export"`,
    );
  }
}

/** When an entry was written, ms since 1970; of one that nobody of us has written, never. */
function writtenAtMs({ text }: SealedText): number {
  try {
    return auditEntry.parse(JSON.parse(text)).atMs;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Trims all entries in front of the first one that is younger.
 * @returns how many were trimmed
 * @throws AuditBroken
 */
export async function trimAudit(state: State, { keepMs, nowMs }: { keepMs: number; nowMs: number }): Promise<number> {
  const { redis, keys, commit } = state;
  const isOld = (entry: SealedText) => writtenAtMs(entry) < nowMs - keepMs;
  for (let trimmed = 0; ; ) {
    const { raw, value: anchor } = await readAnchor(state);
    const [oldest] = await redis.xrange(keys.audit, '-', '+', 'COUNT', 1);
    if (oldest === undefined || !isOld(sealedText(oldest))) return trimmed;
    const front = (await redis.xrange(keys.audit, '-', '+', 'COUNT', atOnce)).map(sealedText);
    const young = front.findIndex((entry) => !isOld(entry));
    const old = young === -1 ? front : front.slice(0, young);
    const last = lastOf(anchor, old);
    if (last === null && (await readAnchor(state)).raw !== raw) continue; // somebody else has just trimmed it
    if (last === null) throw new AuditBroken(anchor.sequence + 1);
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.auditAnchor], is: raw }], // else somebody else has just done it
      writes: [
        ['XTRIM', keys.audit, 'MINID', `${last.sequence + 1}-0`],
        ['SET', keys.auditAnchor, JSON.stringify(last)],
      ],
    });
    if (committed) trimmed += old.length;
  }
}

/** The place of the last of these entries; `null`: they don't follow the anchor, one after the other, as they were sealed. */
function lastOf(anchor: AuditHead, entries: readonly SealedText[]): AuditHead | null {
  let last = anchor;
  for (const { sequence, hash, text } of entries) {
    if (sequence !== last.sequence + 1 || hashAfter(last.hash, sequence, text) !== hash) return null;
    last = { sequence, hash };
  }
  return last;
}
