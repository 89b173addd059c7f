/** What a run would do, for spreadsheets: a row for each step (RFC 4180). */
import type { Step } from '@connector/shared/plan.ts';
import type { Preview } from '@connector/sync/preview/preview.ts';
import { stringify } from 'csv-stringify/sync';
import { actionText } from '../held/step-text.ts';

interface Planned {
  readonly person: string;
  readonly username: string;
  readonly name: string;
  readonly steps: readonly Step[];
  readonly because?: string;
}

const rowsOf = (outcome: string, people: readonly Planned[]): string[][] =>
  people.flatMap(({ person, username, name, steps, because }) =>
    steps.map((step) => [outcome, person, username, name, step.kind, actionText(step), because ?? step.because]),
  );

/** Names come from a directory that others write to: what a spreadsheet would take for a formula is made plain text. */
export function previewCsv({ sent, held, groups, pending, setAside }: Preview): string[] {
  const rows = [
    ...rowsOf('sent', sent),
    ...rowsOf('held', held),
    ...rowsOf('pending', pending),
    ...groups.map(({ group, name, to, because }) => [
      'held',
      group,
      '',
      name,
      'rename-group',
      `rename to ${to}`,
      because,
    ]),
    ...setAside.map(({ person, name, reason }) => ['set aside', person, '', name, '', '', reason]),
  ];
  const columns = ['outcome', 'person', 'username', 'name', 'step', 'what', 'because'];
  return stringify(rows, { header: true, columns, escape_formulas: true }).trimEnd().split('\n');
}
