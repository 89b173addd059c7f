/**
 * A preview as CSV, the very lines that `connector preview --csv` prints (docs/cli.md). Pure.
 */
import { actionText } from '@connector/console/src/held/step-text.ts';
import type { PreviewedPerson, PreviewedSync } from '../../api/documents.ts';
import { csvRow } from '../../text/csv.ts';

const columns = ['outcome', 'person', 'username', 'name', 'step', 'what', 'because'];

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
  return rows.map((row) => `${csvRow(row)}\n`).join('');
}
