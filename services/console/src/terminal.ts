/** Where a command's words go. */
import { oneLine } from './text/aligned.ts';
import { type Paint, paintFor } from './text/paint.ts';

export interface Terminal {
  readonly paint: Paint;
  /** Writes a line that stays. */
  line(text: string): void;
  /** Shows how far something is: on a terminal in one line that is overwritten, elsewhere not at all. */
  readonly progress: ((text: string) => void) | null;
}

const eraseLine = '\r\u001b[K';

/** The process' own output. A reader that goes away early (`| head`) ends the command quietly. */
export function openTerminal(stream: NodeJS.WriteStream = process.stdout): Terminal {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  let isDirty = false;
  const erase = () => {
    if (isDirty) stream.write(eraseLine);
    isDirty = false;
  };
  return {
    paint: paintFor(stream),
    line: (text) => {
      erase();
      stream.write(`${text}\n`);
    },
    progress: stream.isTTY
      ? (text) => {
          erase();
          stream.write([...oneLine(text)].slice(0, Math.max(1, stream.columns - 1)).join(''));
          isDirty = true;
        }
      : null,
  };
}
