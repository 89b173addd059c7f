/** Reading the whole audit trail, part by part, for a file. */
import type { AuditDocument } from '../../api/documents.ts';
import type { Slice } from '../../api/queries.ts';
import type { TrailForm } from './trail-lines.ts';

/** So many entries are asked for at once; the API tells no more. */
const atOnce = 1_000;

/** How far it is. */
export interface Progress {
  /** Entries. */
  readonly read: number;
  readonly total: number;
}

export interface WholeTrail {
  readonly form: TrailForm;
  /** Asks for a part of it, the newest first. */
  readonly read: (slice: Slice) => Promise<AuditDocument>;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * The file's parts, the oldest entry first. An entry that is written meanwhile moves the others further down: none is missed, and those that come a second
 * time are left out.
 * @throws what `read` throws
 */
export async function wholeTrail({ form: { header, lineOf }, read, onProgress }: WholeTrail): Promise<string[]> {
  const parts: string[] = [];
  let oldest = Number.POSITIVE_INFINITY;
  let count = 0;
  for (let offset = 0; ; offset += atOnce) {
    const { audit, page } = await read({ offset, limit: atOnce });
    const further = audit.filter(({ sequence }) => sequence < oldest);
    oldest = further.at(-1)?.sequence ?? oldest;
    count += further.length;
    parts.push(
      further
        .map((entry) => `${lineOf(entry)}\n`)
        .reverse()
        .join(''),
    );
    onProgress({ read: count, total: page.total });
    if (offset + atOnce >= page.total) break;
  }
  return [...(header === null ? [] : [`${header}\n`]), ...parts.reverse()];
}
