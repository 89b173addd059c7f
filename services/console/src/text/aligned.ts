/** Rows of cells as lines in columns. */
import { oneLine } from './one-line.ts';
import type { Paint, Tone } from './paint.ts';

/** A text, or one with a tone. */
export type Cell = string | readonly [tone: Tone, text: string];

const textOf = (cell: Cell): string => oneLine(typeof cell === 'string' ? cell : cell[1]);
const widthOf = (text: string): number => [...text].length;

/** One line for each row; every column but a row's last is as wide as its widest text. */
export function aligned(
  rows: readonly (readonly Cell[])[],
  { paint, indent = 2 }: { paint: Paint; indent?: number },
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.slice(0, -1).entries())
      widths[column] = Math.max(widths[column] ?? 0, widthOf(textOf(cell)));
  }
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const text = textOf(cell);
      const painted = typeof cell === 'string' ? text : paint(cell[0], text);
      const isLast = column === row.length - 1;
      return isLast ? painted : painted + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
    });
    return ' '.repeat(indent) + cells.join('  ').trimEnd();
  });
}
