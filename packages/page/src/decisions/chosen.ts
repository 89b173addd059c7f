/** Whom a decision is about: those who were chosen, each by name where that can be. */
import { mostNamed, type Whom } from '../api/decide.ts';
import type { Decidable } from '../api/documents.ts';
import type { Selection } from '../components/selection.ts';

export interface Chosen<Row> {
  /** Those who are known, the first ones where not all are. */
  readonly rows: readonly Row[];
  /** How many it is about. */
  readonly count: number;
  /** It is about everybody on the list, whoever that is once it is confirmed. */
  readonly wholeList: boolean;
}

/**
 * Everybody is asked for once more, and then meant one by one: whoever comes onto the list while somebody reads the question isn't decided about. Only
 * where they are more than can be named it is the list that is meant.
 * @param readFirst tells the first so many of the list, and how many there are
 */
export async function chosenIn<Row>(
  { all, rows }: Selection<Row>,
  readFirst: (limit: number) => Promise<{ readonly rows: readonly Row[]; readonly total: number }>,
): Promise<Chosen<Row>> {
  if (!all) return { rows: [...rows.values()], count: rows.size, wholeList: false };
  const first = await readFirst(mostNamed);
  const wholeList = first.total > first.rows.length;
  return { rows: first.rows, count: wholeList ? first.total : first.rows.length, wholeList };
}

/**
 * What to send for them: each as they were shown, so that nothing else is decided than what somebody has read.
 * @param lists those that are meant with the whole list
 */
export const whomOf = ({ rows, wholeList }: Chosen<Decidable>, lists: readonly string[] | true): Whom =>
  wholeList ? { all: lists } : { who: rows.map(({ asShown }) => asShown) };
