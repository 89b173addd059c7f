/** Where a command's words go. */
import { createInterface } from 'node:readline/promises';
import { ProgressBar } from './progress/progress-bar.ts';
import { ProgressLines } from './progress/progress-lines.ts';
import type { Report } from './progress/report.ts';
import { onlyText } from './text/one-line.ts';
import { type Paint, paintFor } from './text/paint.ts';

export interface Terminal {
  readonly paint: Paint;
  /** Writes a line that stays. Nothing in it can steer the terminal, but for the colours of `paint`. */
  line(text: string): void;
  /** Writes a document for programs. */
  json(document: object): void;
  /** Writes a line to where errors go. */
  problem(text: string): void;
  /**
   * Tells how far something is, beside the words: on a terminal by a bar in one line that is overwritten; elsewhere by a line at the beginning, and every ten
   * seconds while nothing else is said.
   */
  readonly progress: (report: Report) => void;
  /** Asks a question that can be answered with yes, which Ctrl-C doesn't; `null` where nobody can be asked. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
}

/** A stream from people or programs. */
export type Inlet = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** A stream to people or programs; on a terminal it says how wide that is. */
export type Outlet = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

const eraseLine = '\r\u001b[K';

/**
 * The process' own output: words to `out`; errors, and how far it is, to `err`, so that both stay visible when `out` is a file.
 * A reader that goes away early (`| head`) gets no more; the command goes on to its end, and its exit code stays true.
 */
export function openTerminal({
  input = process.stdin,
  out = process.stdout,
  err = process.stderr,
}: {
  input?: Inlet;
  out?: Outlet;
  err?: Outlet;
} = {}): Terminal {
  for (const stream of [out, err])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  let isDirty = false;
  const erase = () => {
    if (isDirty) err.write(eraseLine);
    isDirty = false;
  };
  const lines = new ProgressLines((line) => err.write(`${onlyText(line)}\n`));
  const writeLine = (stream: Outlet, text: string) => {
    erase();
    lines.rest();
    stream.write(`${text}\n`);
  };
  const bar = new ProgressBar();
  const showBar = (report: Report) => {
    const columns = Math.max(1, (err.columns || 80) - 1);
    const line = bar.next(report, { columns, nowMs: performance.now() });
    if (line === null) return;
    erase();
    err.write([...onlyText(line)].slice(0, columns).join(''));
    isDirty = true;
  };
  return {
    paint: paintFor(out),
    line: (text) => writeLine(out, onlyText(text, { colours: out.isTTY === true })),
    json: (document) => writeLine(out, jsonText(document)),
    problem: (text) => writeLine(err, onlyText(text)),
    progress: err.isTTY ? showBar : lines.tell,
    ask:
      input.isTTY && err.isTTY
        ? (question) => {
            erase();
            return askYes(`${onlyText(question)} [y/N] `, { input, output: err });
          }
        : null,
  };
}

/** Anything but a plain yes means no, as does the end of the input. */
async function askYes(question: string, { input, output }: { input: Inlet; output: Outlet }): Promise<boolean> {
  const asking = createInterface({ input, output });
  try {
    const gone = new Promise<string>((resolve) => {
      asking.once('close', () => resolve(''));
      asking.once('SIGINT', () => {
        output.write('\n');
        resolve('');
      });
    });
    return /^\s*y(es)?\s*$/i.test(await Promise.race([asking.question(question), gone]));
  } finally {
    asking.close();
  }
}

/** JSON in which what could steer a terminal is written as `\uXXXX`, which means the same: JSON.stringify leaves some of it. */
export const jsonText = (document: object): string => harmlessJson(JSON.stringify(document, null, 2));

/** The same for JSON that is a text already. */
export const harmlessJson = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
