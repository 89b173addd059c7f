/** Reading the sealed audit trail, and proving that nothing was taken out of it, put into it, or changed. */
import {
  type AuditEntry,
  type AuditHead,
  auditBeginning,
  auditEntry,
  auditHead,
  hashAfter,
} from '@connector/shared/audit.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';

const atOnce = 1_000;

/** A sealed entry in the very text that its hash was made of. */
interface SealedText extends AuditHead {
  readonly text: string;
}

/** A sealed entry. */
export interface Sealed extends AuditHead {
  readonly entry: AuditEntry;
}

type Raw = readonly [id: string, fields: readonly string[]];

function sealedText([id, fields]: Raw): SealedText {
  const field = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
  return { sequence: Number.parseInt(id, 10), hash: field('hash'), text: field('entry') };
}

const opened = (key: string, { text, ...head }: SealedText): Sealed[] => {
  const { value } = parseStored(auditEntry, key, text);
  return value === null ? [] : [{ ...head, entry: value }];
};

/** The newest sealed entry. */
export async function readHead({ redis, keys }: Store): Promise<AuditHead> {
  return parseStored(auditHead, keys.auditHead, await redis.get(keys.auditHead)).value ?? auditBeginning;
}

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

/** What is wrong, and with which entry. */
export interface Broken {
  readonly sequence: number;
  readonly problem: string;
}

export interface Verified {
  readonly entries: number;
  readonly head: AuditHead;
  /** The first place where the chain is broken; `null`: it is whole. */
  readonly broken: Broken | null;
}

/**
 * Goes through the whole chain.
 * @param known an entry's number and hash as somebody has noted them elsewhere: whoever can write to Redis could make all of the chain anew
 */
export async function verifyAudit(store: Store, known: AuditHead | null = null): Promise<Verified> {
  let head = await readHead(store);
  let last = auditBeginning;
  let isKnown = known === null || known.sequence === 0;
  const broken = (sequence: number, problem: string): Verified => ({
    entries: last.sequence,
    head,
    broken: { sequence, problem },
  });
  for await (const part of readAll(store))
    for (const { sequence, hash, text } of part) {
      if (sequence > head.sequence) head = await readHead(store); // more may have been sealed meanwhile
      if (sequence > head.sequence) return broken(sequence, 'it was put behind the last one that was sealed');
      if (sequence !== last.sequence + 1) return broken(last.sequence + 1, 'it is missing');
      if (hashAfter(last.hash, sequence, text) !== hash)
        return broken(sequence, 'it was changed, or one before it was replaced');
      if (known?.sequence === sequence) {
        if (known.hash !== hash) return broken(sequence, `its hash isn't the one that was noted, ${known.hash}`);
        isKnown = true;
      }
      last = { sequence, hash };
    }
  if (last.sequence < head.sequence) return broken(last.sequence + 1, 'it is missing, and whatever came after it');
  if (last.hash !== head.hash) return broken(last.sequence, 'its hash is another one than was kept of it');
  if (!isKnown) return broken(known?.sequence ?? 0, 'it was noted, and is missing');
  return { entries: last.sequence, head, broken: null };
}
