/** `connector check`: whether every end answers as it should, and what to do where it doesn't. */
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { oneLine } from '../text/one-line.ts';
import type { Paint, Tone } from '../text/paint.ts';
import { checkEnds, type Ends } from './check-ends.ts';
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
  const document = documentOf(findings);
  if (json) printJson(context, document);
  return document.ok ? 0 : 1;
}

/** What a check has found, for programs. */
export interface CheckDocument {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

const documentOf = (findings: readonly Finding[]): CheckDocument => ({
  ok: findings.every(({ grade }) => grade !== 'failure'),
  findings,
});

/** Looks at every end. @returns what `connector check --json` prints */
export async function checkDocument(ends: Ends): Promise<CheckDocument> {
  const findings = await Array.fromAsync(checkEnds(ends));
  ends.signal.throwIfAborted();
  return documentOf(findings);
}

const tones: Record<Grade, Tone> = { ok: 'good', warning: 'strong', failure: 'bad' };

const findingLine = ({ grade, end, text }: Finding, paint: Paint): string =>
  `${paint(tones[grade], grade.padEnd(7))}  ${end}: ${oneLine(text)}`;
