/** From the text of an HTTP 200 to an answer that succeeded, or the error that it tells of. */
import type { z } from 'zod';
import { LastPassError } from './errors.ts';
import { refusalsIn } from './refusals.ts';
import { type Envelope, envelope } from './wire.ts';

/** Reads whose success has no status key [R]: whatever changes accounts has to say that it did. */
const WITHOUT_STATUS = new Set(['getuserdata', 'getsfdata', 'getdetailedsfdata']);

/** Answers that are nothing but a map, which PHP writes as `[]` where it is empty [?]. */
const MAPS = new Set(['getsfdata', 'getdetailedsfdata']);

/** What a text is judged by. */
export type Question = {
  cmd: string;
  /** The accounts of the call, to find them in error texts. */
  usernames: string[];
  /** Hidden from every message. */
  secret: string;
  /** The master passwords of the call, hidden likewise. */
  passwords: readonly string[];
};

/** The JSON object in a text. Throws `unauthorized` for the XML answer, `unexpected-answer` for what isn't JSON. */
export function objectFrom(text: string, question: Question): Record<string, unknown> {
  if (text.trimStart().startsWith('<')) throw markupFailure(text, question);
  const value = parsed(text);
  if (value === undefined) throw unexpected(question, 'JSON that is cut short or malformed');
  if (MAPS.has(question.cmd) && Array.isArray(value) && value.length === 0) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unexpected(question, 'JSON that is no object');
  return { ...value };
}

/** What markup says. Only of markup is it asked whether it is LastPass's no: in JSON somebody may be called like that. */
function markupFailure(text: string, question: Question): LastPassError {
  if (!/<lastpass\s[^>]*Authorization Error/i.test(text))
    return unexpected(question, `a web page${titleOf(text, question)}`);
  const message =
    'LastPass refuses the credentials: check cid and provhash (a provhash reset in the Admin Console ends the old one)';
  return new LastPassError('unauthorized', message, { arrived: 'no' });
}

/** An answer that isn't a failure. */
export type Verdict = {
  /** The errors of a WARN, for the caller to judge; null where all went well. */
  partly: string[] | null;
  /** LastPass's request to slow down. */
  slowDown: string | null;
};

/** Whether the object tells of success; a failure throws `refused`, a status that nobody knows `unexpected-answer`. */
export function verdictOf(answer: Record<string, unknown>, question: Question): Verdict {
  const { status, message, ...rest } = readAnswer(envelope, answer, question);
  const errors = errorsOf(rest).map((text) => shown(text, question));
  const word = status?.toLowerCase() ?? 'none';
  if (word === 'warn') return { partly: errors, slowDown: null };
  if (word === 'fail' || word === 'error' || errors.length > 0) throw refused(errors, question);
  if (!['ok', 'success'].includes(word) && !(word === 'none' && WITHOUT_STATUS.has(question.cmd))) {
    throw unexpected(question, word === 'none' ? 'no status' : 'a status that is not known');
  }
  return { partly: null, slowDown: message ? shown(message, question) : null };
}

/** The answer in the shape that we need of it, else `unexpected-answer` naming the field, never its value. */
export function readAnswer<T>(schema: z.ZodType<T>, answer: unknown, question: Question): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unexpected(
    question,
    `an answer of another shape (${kindOfPath(issue?.path ?? [])}: ${issue?.code ?? 'invalid'})`,
  );
}

/** The error of an answer that says no. */
export function refused(messages: string[], { cmd, usernames }: Question): LastPassError {
  const refusals = refusalsIn(messages, usernames);
  const more = messages.length > 1 ? ` (and ${messages.length - 1} more)` : '';
  const text = `LastPass refuses ${cmd}: ${messages[0] ?? 'it gives no reason'}${more}`;
  return new LastPassError('refused', text, { arrived: 'yes', messages, refusals });
}

function unexpected({ cmd }: Question, what: string): LastPassError {
  const text = `LastPass answered ${cmd} with ${what}: check apiUrl and any proxy, and look whether the command was carried out`;
  return new LastPassError('unexpected-answer', text, { arrived: 'perhaps' });
}

function errorsOf({ error, errors }: Pick<Envelope, 'error' | 'errors'>): string[] {
  return [...(error ?? []), ...(errors ?? [])];
}

/** A text of LastPass's in one line, should it ever echo the provhash or a password without that. */
function shown(text: string, { secret, passwords }: Question): string {
  const withoutPasswords = passwords.reduce((left, password) => left.replaceAll(password, '[password]'), text);
  return withoutPasswords.replaceAll(secret, '[provhash]').replaceAll(/\s+/g, ' ').trim().slice(0, 500);
}

function titleOf(text: string, question: Question): string {
  const title = shown(/<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? '', question).slice(0, 80);
  return title === '' ? '' : ` ("${title}")`;
}

/** Where in the answer: field names only, as ids and group names are the customer's. */
function kindOfPath(path: PropertyKey[]): string {
  return (
    path.map((part) => (typeof part === 'number' || /^\d+$/.test(String(part)) ? '*' : String(part))).join('.') ||
    'the whole'
  );
}

/** Half of a character, as JSON can write it with an escape: of a name that was cut in the midst of an emoji. */
const HALF_CHARACTER = /\\u[dD][89a-fA-F]/;

/** Halves stand for nothing, and Redis' scripts refuse them: such a name must not keep all other accounts from being read. */
const wholeCharacters = (_: string, value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed() : value;

function parsed(text: string): unknown {
  try {
    const whole = text.toWellFormed();
    return HALF_CHARACTER.test(whole) ? JSON.parse(whole, wholeCharacters) : JSON.parse(whole);
  } catch {
    // The parser's own words quote the text, which holds people's data.
    return undefined;
  }
}
