/** Results as a table, ready for docs/performance.md. Pure. */
import type { Figure, Result, Target } from './figure.ts';

const head = ['what', 'median', 'min', 'max', 'yardstick', 'ratio', 'target', 'met'];

/** In columns that line up, and in Markdown. */
export function tableOf(results: readonly Result[]): string {
  const rows = [head, head.map(() => ''), ...results.map(rowOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], filler: string) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return rows.map((row, index) => line(row, index === 1 ? '-' : ' ')).join('\n');
}

function rowOf({ figure, value, yardstick, ratio, isMet }: Result): string[] {
  return [
    figure.what,
    inUnit(value.median, figure),
    short(value.min),
    short(value.max),
    yardstick === null ? '' : inUnit(yardstick.median, figure),
    ratio === null ? '' : ratio.median.toFixed(2),
    figure.target === undefined ? '' : targetText(figure.target, figure),
    isMet === null ? '' : isMet ? 'yes' : 'NO',
  ];
}

/** Three digits say enough; whole numbers are told whole. */
function short(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return String(Math.round(value));
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

const counted: readonly Figure['unit'][] = ['calls', 'people', 'steps'];

const inUnit = (value: number, { unit }: Figure): string =>
  counted.includes(unit) ? short(value) : `${short(value)} ${unit}`;

function targetText(target: Target, figure: Figure): string {
  const [sign, limit] = 'atMost' in target ? ['≤', target.atMost] : ['≥', target.atLeast];
  return `${sign} ${target.of === 'ratio' ? `${limit} ×` : inUnit(limit, figure)}`;
}
