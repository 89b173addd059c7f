/** Where the sealed audit trail ends, and where what is left of it begins. */
import { type AuditHead, auditBeginning, auditHead } from '@connector/shared/audit.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored, type Stored } from '@connector/shared/store.ts';

/** An end of the trail, and the text that a guard can hold it against. */
export interface AuditEnd extends Omit<Stored<AuditHead>, 'value'> {
  readonly value: AuditHead;
}

async function readEnd({ redis }: State, key: string): Promise<AuditEnd> {
  const { raw, value } = parseStored(auditHead, key, await redis.get(key));
  return { raw, value: value ?? auditBeginning };
}

/** The newest sealed entry. @throws UnreadableState */
export const readHead = (state: State): Promise<AuditEnd> => readEnd(state, state.keys.auditHead);

/** The last entry that was trimmed: what is left begins with the next one. @throws UnreadableState */
export const readAnchor = (state: State): Promise<AuditEnd> => readEnd(state, state.keys.auditAnchor);

/** A sealed entry in the very text that its hash was made of. */
export interface SealedText extends AuditHead {
  readonly text: string;
}

/** A sealed entry, of what the stream holds. */
export function sealedText([id, fields]: readonly [id: string, fields: readonly string[]]): SealedText {
  const field = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
  return { sequence: Number.parseInt(id, 10), hash: field('hash'), text: field('entry') };
}
