/** `connector check`: whether every end answers as it should, and what to do where it doesn't. */
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint, Tone } from '../text/paint.ts';
import { checkEnds } from './check-ends.ts';
import type { Finding, Grade } from './findings.ts';

export interface CheckOptions extends Common {
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
}

export async function check(context: Context, { json, signal }: CheckOptions): Promise<ExitCode> {
  const findings: Finding[] = [];
  for await (const finding of checkEnds({ ...context.session, signal })) {
    signal.throwIfAborted(); // what fails from here on fails because of that
    findings.push(finding);
    if (!json) print(context, [findingLine(finding, context.terminal.paint)]);
  }
  const failures = findings.filter(({ grade }) => grade === 'failure').length;
  if (json) printJson(context, { ok: failures === 0, findings });
  return failures === 0 ? 0 : 1;
}

const tones: Record<Grade, Tone> = { ok: 'good', warning: 'strong', failure: 'bad' };

const findingLine = ({ grade, end, text }: Finding, paint: Paint): string =>
  `${paint(tones[grade], grade.padEnd(7))}  ${end}: ${oneLine(text)}`;
