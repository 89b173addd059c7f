/** What going through the audit trail's chain has shown, for people. Pure. */
import type { VerifiedDocument } from '../../api/documents.ts';
import { counted, numberText } from '../../text/count.ts';

export interface Verdict {
  readonly grade: 'good' | 'bad' | 'nothing';
  readonly title: string;
  /** What it means, and what to do. */
  readonly lines: readonly string[];
  /** To be noted elsewhere, and given to the command later; `null` where there is nothing to note. */
  readonly command: string | null;
}

export function verdictOf({ entries, trimmed, head, broken }: VerifiedDocument): Verdict {
  const older =
    trimmed === 0 ? [] : [`${counted(trimmed, 'older one was', 'older ones were')} trimmed, as audit.keep says.`];
  if (broken !== null)
    return {
      grade: 'bad',
      title: `Entry ${numberText(broken.sequence)} isn’t as it was written: ${broken.problem}.`,
      lines: [
        `${counted(entries, 'entry before it is', 'entries before it are')} as written.`,
        'Somebody else than the connector has written to Redis, or a back-up was put back: compare it with what was exported before.',
        ...older,
      ],
      command: null,
    };
  if (head.sequence === 0)
    return { grade: 'nothing', title: 'There is nothing to verify yet.', lines: [], command: null };
  return {
    grade: 'good',
    title: `It is whole: ${counted(entries, 'entry', 'entries')}, none taken out, put in or changed since ${entries === 1 ? 'it was' : 'they were'} sealed.`,
    lines: [
      ...older,
      'Whoever can write to Redis could make a whole chain anew. Against that, keep this line elsewhere, and run it later:',
    ],
    command: `connector audit verify --known ${head.sequence}:${head.hash}`,
  };
}
