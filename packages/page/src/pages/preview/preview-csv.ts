/**
 * A preview as CSV, the very lines that `connector preview --csv` prints (docs/cli.md). The command's own writer is for Node, and larger than this page's
 * part of it. Pure.
 */
import { actionText } from '@connector/console/src/held/step-text.ts';
import { oneLine } from '@connector/console/src/text/one-line.ts';
import type { PreviewedPerson, PreviewedSync } from '../../api/documents.ts';

const columns = ['outcome', 'person', 'username', 'name', 'step', 'what', 'because'];

/** What a spreadsheet takes for a formula, in half and full width: it becomes plain text. */
const formula = /^[-=+@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** RFC 4180. Names come from a directory that others write to. */
function cellOf(value: string): string {
  const line = oneLine(value).trim();
  const plain = formula.test(line) ? `'${line}` : line;
  return /[",\r\n]/.test(line) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

const rowsOf = (outcome: string, people: readonly (PreviewedPerson & { readonly because?: string })[]): string[][] =>
  people.flatMap(({ person, username, name, steps, because }) =>
    steps.map((step) => [outcome, person, username, name, step.kind, actionText(step), because ?? step.because]),
  );

/** @returns lines, each with its end */
export function previewCsv({ sent, held, pending, groups, setAside, deletedByHand }: PreviewedSync): string {
  const rows = [
    columns,
    ...rowsOf('sent', sent),
    ...rowsOf('held', held),
    ...rowsOf('pending', pending),
    ...groups.map(({ group, name, to, because }) => [
      ...['held', group, '', name, 'rename-group', `rename to ${to}`, because],
    ]),
    ...setAside.map(({ person, name, reason }) => ['set aside', person, '', name, '', '', reason]),
    ...deletedByHand.map(({ person, name, reason }) => ['drift', person, '', name, '', '', reason]),
  ];
  return rows.map((row) => `${row.map(cellOf).join()}\n`).join('');
}
