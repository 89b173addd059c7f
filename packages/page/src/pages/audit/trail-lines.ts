/** Entries of the audit trail as lines of a file: the same that `connector audit export` prints. */
import type { LogEntry } from '../../api/documents.ts';
import { csvRow } from '../../text/csv.ts';

/** In what form the trail is saved. */
export interface TrailForm {
  readonly label: string;
  /** How the file's name ends. */
  readonly ending: string;
  /** MIME type. */
  readonly type: string;
  /** The first line; `null`: there is none before the entries. */
  readonly header: string | null;
  readonly lineOf: (entry: LogEntry) => string;
}

const columns = [
  ...['sequence', 'at', 'by', 'did', 'kind', 'id', 'name', 'was', 'is', 'source'],
  ...['command', 'said', 'tookMs', 'hash'],
];

const jsonOr = (value: LogEntry['was']): string => (value === null ? '' : JSON.stringify(value));

export const csv: TrailForm = {
  label: 'CSV',
  ending: 'csv',
  type: 'text/csv',
  header: csvRow(columns),
  lineOf: ({ sequence, at, by, did, of, was, is, source, answer, hash }) =>
    csvRow([
      ...[String(sequence), at, by, did, of.kind, of.id, of.name, jsonOr(was), jsonOr(is), source ?? ''],
      ...[answer?.command ?? '', answer?.said ?? '', answer?.tookMs == null ? '' : String(answer.tookMs), hash],
    ]),
};

export const jsonLines: TrailForm = {
  label: 'JSON lines',
  ending: 'jsonl',
  type: 'application/jsonl',
  header: null,
  lineOf: (entry) => JSON.stringify(entry),
};
