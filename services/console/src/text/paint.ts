/** How texts stand out, where the terminal can show it. */
import { styleText } from 'node:util';

export type Tone = 'good' | 'bad' | 'weak' | 'strong';

/** Gives a text a tone. */
export type Paint = (tone: Tone, text: string) => string;

/** For pipes, files and tests: no tone at all. */
export const plainly: Paint = (_, text) => text;

const formats = { good: 'green', bad: 'red', weak: 'dim', strong: 'bold' } as const;

/** In colour if the stream is a terminal that wants it (`NO_COLOR` and its kind are heeded). */
export const paintFor =
  (stream: NodeJS.WritableStream): Paint =>
  (tone, text) =>
    styleText(formats[tone], text, { stream });
