/** Reading the sealed audit trail, and proving that nothing was taken out of it, put into it, or changed. */
import { type AuditEntry, type AuditHead, auditEntry, hashAfter } from '@connector/shared/audit.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { readAnchor, readHead, type SealedText, sealedText } from '@connector/sync/audit/audit-ends.ts';
import { readLastOperations } from '@connector/sync/audit/last-operations.ts';

const atOnce = 1_000;

/** A sealed entry. */
export interface Sealed extends AuditHead {
  readonly entry: AuditEntry;
}

const opened = (key: string, { text, ...head }: SealedText): Sealed[] => {
  const { value } = parseStored(auditEntry, key, text);
  return value === null ? [] : [{ ...head, entry: value }];
};

/** The newest entries, newest first. @param limit how many at most; `null`: all */
export async function readNewest(
  { redis, keys }: Store,
  { offset, limit }: { offset: number; limit: number | null },
): Promise<Sealed[]> {
  const raws = await (limit === null
    ? redis.xrevrange(keys.audit, '+', '-')
    : redis.xrevrange(keys.audit, '+', '-', 'COUNT', offset + limit));
  return raws.slice(offset).flatMap((raw) => opened(keys.audit, sealedText(raw)));
}

/** All entries, oldest first, part by part. */
export async function* readAll({ redis, keys }: Store): AsyncGenerator<SealedText[], void, undefined> {
  for (let after = '-'; ; ) {
    const raws = await redis.xrange(keys.audit, after, '+', 'COUNT', atOnce);
    if (raws.length === 0) return;
    yield raws.map(sealedText);
    after = `(${raws.at(-1)?.[0]}`;
  }
}

/** All entries, oldest first, part by part. @throws UnreadableState of one that nobody of us has written */
export async function* readEntries(store: Store): AsyncGenerator<Sealed[], void, undefined> {
  for await (const part of readAll(store)) yield part.flatMap((each) => opened(store.keys.audit, each));
}

/** How many sealed entries there are. */
export async function countEntries(store: Store): Promise<number> {
  const [anchor, head] = await Promise.all([readAnchor(store), readHead(store)]);
  return head.value.sequence - anchor.value.sequence;
}

/** Entries behind one, oldest first. @param limit how many at most */
export async function readAfter({ redis, keys }: Store, sequence: number, limit: number): Promise<Sealed[]> {
  const raws = await redis.xrange(keys.audit, `(${sequence}-0`, '+', 'COUNT', limit);
  return raws.flatMap((raw) => opened(keys.audit, sealedText(raw)));
}

/** The last entries about somebody, newest first, as far as they are sealed and not trimmed. */
export async function readOperations(state: State, person: PersonKey): Promise<Sealed[]> {
  const { redis, keys } = state;
  const sequences = await readLastOperations(state, person);
  const raws = await Promise.all(
    sequences.map((each) => redis.xrange(keys.audit, `${each}-0`, `${each}-0`, 'COUNT', 1)),
  );
  return raws.flatMap((found) => found.flatMap((raw) => opened(keys.audit, sealedText(raw)))).reverse();
}

/** What is wrong, and with which entry. */
export interface Broken {
  readonly sequence: number;
  readonly problem: string;
}

export interface Verified {
  /** How many are there, and whole. */
  readonly entries: number;
  /** How many were trimmed before the first of them. */
  readonly trimmed: number;
  readonly head: AuditHead;
  /** The first place where the chain is broken; `null`: it is whole. */
  readonly broken: Broken | null;
  /** What was noted elsewhere was trimmed, and proves nothing any more. */
  readonly knownTrimmed: boolean;
}

/**
 * Goes through the whole chain, from the last entry that was trimmed on.
 * @param known an entry's number and hash as somebody has noted them elsewhere: whoever can write to Redis could make all of the chain anew
 */
export async function verifyAudit(store: Store, known: AuditHead | null = null): Promise<Verified> {
  const { raw, value: anchor } = await readAnchor(store);
  const verified = await verifyFrom(store, anchor, known);
  // Where entries were trimmed meanwhile, those in front may have been missed.
  return verified.broken !== null && (await readAnchor(store)).raw !== raw ? verifyAudit(store, known) : verified;
}

async function verifyFrom(store: Store, anchor: AuditHead, known: AuditHead | null): Promise<Verified> {
  let head = (await readHead(store)).value;
  let last = anchor;
  const knownTrimmed = known !== null && known.sequence > 0 && known.sequence < anchor.sequence;
  let isKnown = known === null || known.sequence === 0 || knownTrimmed;
  const found = (broken: Broken | null): Verified => ({
    entries: last.sequence - anchor.sequence,
    trimmed: anchor.sequence,
    head,
    broken,
    knownTrimmed,
  });
  const broken = (sequence: number, problem: string) => found({ sequence, problem });
  const isOther = ({ sequence, hash }: AuditHead) => known?.sequence === sequence && known.hash !== hash;
  const another = `its hash isn't the one that was noted, ${known?.hash}`;
  if (anchor.sequence > 0 && isOther(anchor)) return broken(anchor.sequence, another);
  isKnown ||= known?.sequence === anchor.sequence;
  for await (const part of readAll(store))
    for (const entry of part) {
      const { sequence, hash, text } = entry;
      if (sequence > head.sequence) head = (await readHead(store)).value; // more may have been sealed meanwhile
      if (sequence > head.sequence) return broken(sequence, 'it was put behind the last one that was sealed');
      if (sequence !== last.sequence + 1) return broken(last.sequence + 1, 'it is missing');
      if (hashAfter(last.hash, sequence, text) !== hash)
        return broken(sequence, 'it was changed, or one before it was replaced');
      if (isOther(entry)) return broken(sequence, another);
      isKnown ||= known?.sequence === sequence;
      last = { sequence, hash };
    }
  if (last.sequence < head.sequence) return broken(last.sequence + 1, 'it is missing, and whatever came after it');
  if (last.hash !== head.hash) return broken(last.sequence, 'its hash is another one than was kept of it');
  if (!isKnown) return broken(known?.sequence ?? 0, 'it was noted, and is missing');
  return found(null);
}
