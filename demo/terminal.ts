/** Writing to a terminal, or to a file: colours and moving bars are for the former only. */
import { stripVTControlCharacters, styleText } from 'node:util';

export const isTerminal = process.stdout.isTTY === true;

type Style = Parameters<typeof styleText>[0];
const styled = (style: Style) => (text: string) => styleText(style, text, { stream: process.stdout });

export const bold = styled('bold');
export const dim = styled('dim');
export const good = styled('green');
export const bad = styled('red');

export const say = (text = ''): void => void process.stdout.write(`${text}\n`);

/** Columns as wide as their widest cell; `right` names those that are flush right, from 0. */
export function table(
  rows: readonly (readonly string[])[],
  { right = [] }: { right?: readonly number[] } = {},
): string {
  const widthOf = (text: string) => [...stripVTControlCharacters(text)].length;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const cell = (text: string, column: number) => {
    const gap = ' '.repeat((widths[column] ?? 0) - widthOf(text));
    return right.includes(column) ? gap + text : text + gap;
  };
  return rows.map((row) => `  ${row.map(cell).join('  ').trimEnd()}`).join('\n');
}

/** One line that moves in a terminal; elsewhere a new line for each tenth. */
export class ProgressBar {
  readonly #label: string;
  #shown = -1;

  constructor(label: string) {
    this.#label = label;
  }

  /** @param note what stands behind the bar */
  show(done: number, total: number, note: string): void {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    if (isTerminal) {
      const filled = Math.round(share * 30);
      const bar = good('█'.repeat(filled)) + dim('░'.repeat(30 - filled));
      process.stdout.write(`\r\u001b[K  ${this.#label} ${bar} ${percent}  ${note}`);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth > this.#shown) say(`  ${this.#label} ${percent}  ${note}`);
    this.#shown = Math.max(this.#shown, tenth);
  }

  end(): void {
    if (isTerminal) say();
  }
}
