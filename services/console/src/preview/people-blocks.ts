/** People and what would be done for them, in blocks of lines under a title. */
import type { AsidePerson, StoppedPerson } from '@connector/sync/preview/not-sent.ts';
import { stepsText } from '../held/step-text.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint } from '../text/paint.ts';
import { counted } from '../text/when.ts';

export const people = (count: number): string => counted(count, 'person', 'people');

export const byName = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => a.name.localeCompare(b.name));

/** Rows under a title; nothing without any. */
export const block = (title: string, rows: readonly (readonly Cell[])[], paint: Paint): string[] =>
  rows.length === 0 ? [] : [paint('strong', oneLine(title)), ...aligned(rows, { paint }), ''];

/** People with their steps. */
export const stepsBlock = (
  title: string,
  all: readonly Pick<StoppedPerson, 'name' | 'username' | 'steps'>[],
  paint: Paint,
): string[] =>
  block(
    title,
    byName(all).map(({ name, username, steps }) => [name, username, stepsText(steps)]),
    paint,
  );

/** People with their steps, a block for each reason why these aren't sent. */
export function stoppedBlock(title: string, stopped: readonly StoppedPerson[], paint: Paint): string[] {
  const byReason = [...Map.groupBy(stopped, ({ because }) => because)].sort(([, a], [, b]) => b.length - a.length);
  return byReason.flatMap(([reason, these]) =>
    stepsBlock(`${title}, ${people(these.length)}: ${reason}`, these, paint),
  );
}

/** People with what stands in their way. */
export const asideBlock = (title: string, aside: readonly AsidePerson[], paint: Paint): string[] =>
  block(
    `${title}, ${people(aside.length)}`,
    byName(aside).map(({ name, reason }) => [name, reason]),
    paint,
  );
