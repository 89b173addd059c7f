/** Rows for a spreadsheet, in the form of the commands' `--csv` (RFC 4180, without line ends in cells). */
import { oneLine } from '@connector/console/src/text/one-line.ts';

/** What a spreadsheet would take for the beginning of a formula, in either width. */
const formula = /^[=+\-@＝＋－＠]/u;

function cellText(cell: string): string {
  const text = oneLine(cell).trim();
  const plain = formula.test(text) ? `'${text}` : text;
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** One row, without its line end. What a spreadsheet would take for a formula is made plain text. */
export const csvRow = (cells: readonly string[]): string => cells.map(cellText).join(',');
