/** What a sync would do, for spreadsheets: a row for each step (RFC 4180, but lines end with LF alone, as on any Unix). */
import type { Step } from '@connector/shared/plan.ts';
import type { Preview } from '@connector/sync/preview/preview.ts';
import { stringify } from 'csv-stringify/sync';
import { actionText } from '../held/step-text.ts';
import { oneLine } from '../text/one-line.ts';

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

/**
 * Names come from a directory that others write to: what a spreadsheet would take for a formula is made plain text by an
 * apostrophe before it, and each row is one line. @returns lines
 */
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
    ...setAside.map(({ person, name, kind, reason }) => [
      kind === 'drift' ? 'drift' : 'set aside',
      person,
      '',
      name,
      '',
      '',
      reason,
    ]),
  ];
  const columns = ['outcome', 'person', 'username', 'name', 'step', 'what', 'because'];
  return stringify(
    rows.map((row) => row.map((cell) => oneLine(cell).trim())),
    { header: true, columns, escape_formulas: true, eof: false },
  ).split('\n');
}
