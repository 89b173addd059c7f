/** The audit trail for people, programs and spreadsheets. */
import { stringify } from 'csv-stringify/sync';
import { aligned, type Cell } from '../text/aligned.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';
import type { Sealed, Verified } from './audit-trail.ts';
import { answerText, changeText } from './change-text.ts';

const columns = [
  ...['sequence', 'at', 'by', 'did', 'kind', 'id', 'name', 'was', 'is', 'source'],
  ...['command', 'said', 'tookMs', 'hash'],
];

export const sealedJson = ({ sequence, hash, entry: { id: _, atMs, answer, ...entry } }: Sealed): object => ({
  sequence,
  at: isoText(atMs),
  ...entry,
  answer: answer ?? null,
  hash,
});

/** A line for each, newest first. */
export function sealedText(entries: readonly Sealed[], { total, paint }: { total: number; paint: Paint }): string[] {
  if (entries.length === 0) return ['Nothing was changed by anybody yet.'];
  const rows = entries.map(({ sequence, entry }): Cell[] => [
    ['weak', String(sequence)],
    ['weak', momentText(entry.atMs)],
    oneLine(entry.by),
    entry.did,
    oneLine(`${entry.of.kind} ${entry.of.name}`.trim()),
    oneLine(changeText(entry)),
    ['weak', oneLine(answerText(entry))],
  ]);
  return [
    `${counted(total, 'change', 'changes')}, the newest first${entries.length < total ? `; here ${entries.length} of them` : ''}.`,
    ...aligned(rows, { paint }),
  ];
}

const csv = (rows: readonly (readonly string[])[]): string[] =>
  stringify(
    rows.map((row) => row.map((cell) => oneLine(cell).trim())),
    { escape_formulas: true, eof: false },
  ).split('\n');

export const csvHeader = (): string[] => csv([columns]);

/** Rows without the header, each in one line. What a spreadsheet would take for a formula is made plain text. */
export const csvLines = (entries: readonly Sealed[]): string[] =>
  entries.length === 0
    ? []
    : csv(
        entries.map(({ sequence, hash, entry: { atMs, by, did, of, was, is, source, answer } }) => [
          String(sequence),
          isoText(atMs),
          by,
          did,
          of.kind,
          of.id,
          of.name,
          was === null ? '' : JSON.stringify(was),
          is === null ? '' : JSON.stringify(is),
          source ?? '',
          answer?.command ?? '',
          answer?.said ?? '',
          answer?.tookMs == null ? '' : String(answer.tookMs),
          hash,
        ]),
      );

export function verifiedText({ entries, trimmed, head, broken, knownTrimmed }: Verified, paint: Paint): string[] {
  const older = trimmed === 0 ? [] : [`${counted(trimmed, 'older one was', 'older ones were')} trimmed (audit.keep).`];
  if (broken !== null)
    return [
      `${paint('bad', 'broken')}  entry ${broken.sequence}: ${broken.problem}.`,
      `${counted(entries, 'entry', 'entries')} before it ${entries === 1 ? 'is' : 'are'} as written. Somebody else than the connector has written to Redis, or a back-up was put back: compare with what "connector audit export" gave before.`,
      ...older,
    ];
  if (head.sequence === 0) return ['There is nothing to verify yet.'];
  return [
    ...(knownTrimmed
      ? [`${paint('bad', 'trimmed')}  what you noted is older than what is kept, and proves nothing.`]
      : []),
    `${paint('good', 'whole')}  ${counted(entries, 'entry', 'entries')}, none taken out, put in or changed since ${entries === 1 ? 'it was' : 'they were'} sealed.`,
    ...older,
    `Note this elsewhere, to prove it later: connector audit verify --known ${head.sequence}:${head.hash}`,
  ];
}
