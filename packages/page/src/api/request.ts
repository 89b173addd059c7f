/** Asking the console: every document of `/api/v1`, and everything that changes something. */
import { isAttended } from './attendance.ts';
import { csrfToken } from './csrf-token.ts';

const prefix = '/api/v1';

/** The console said no, with a line for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly status: number;
  /** As of docs/api.md: `CSRF`, `NOT_PLANNED`, … */
  readonly code: string;

  constructor(status: number, { code, message }: { code: string; message: string }) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** No answer: the console is away, or the way to it. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor(cause: unknown) {
    super('the console doesn’t answer: is it running, and is the network up?', { cause });
  }
}

/** What is added to an address. Several values of one name are sent one after the other; `undefined` is left out. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/**
 * Statuses besides the 2xx whose answer is a document as well: where not all was done (409), or somebody wasn't found (404). What is no document is an error
 * all the same.
 */
type AlsoDocuments = readonly number[];

export interface Asking {
  readonly query?: Query;
  readonly signal?: AbortSignal;
  readonly alsoDocuments?: AlsoDocuments;
}

/** Sent with what the page asks by itself while nobody is at it: the console doesn't count it as using the session. */
const unattended = { 'x-unattended': '1' };

/** Asks for a document. @throws ApiError, Unreachable, or what aborted `signal` */
export function get<Answer>(path: string, { query = {}, signal, alsoDocuments }: Asking = {}): Promise<Answer> {
  const init = { ...(isAttended() ? {} : { headers: unattended }), ...(signal ? { signal } : {}) };
  return ask(path + queryText(query), init, alsoDocuments);
}

/** What is sent to change something, and how. */
export interface Change {
  readonly method?: 'POST' | 'DELETE';
  /** Sent as JSON; nothing is without it. */
  readonly body?: object;
  /** Gives it up, where it is a question that takes long. */
  readonly signal?: AbortSignal;
  readonly alsoDocuments?: AlsoDocuments;
}

/** Changes something, in the session's name. @throws ApiError, Unreachable, or what aborted `signal` */
export async function send<Answer>(
  path: string,
  { method = 'POST', body, signal, alsoDocuments }: Change = {},
): Promise<Answer> {
  const token = await csrfToken(() => get('/session'));
  const headers = {
    ...(token === null ? {} : { 'x-csrf-token': token }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const init = {
    ...{ method, headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
  return ask(path, init, alsoDocuments);
}

async function ask<Answer>(path: string, init: RequestInit, alsoDocuments: AlsoDocuments = []): Promise<Answer> {
  const answer = await fetch(prefix + path, init).catch((error: unknown) => {
    throw init.signal?.aborted ? error : new Unreachable(error);
  });
  const document: unknown = await answer.json().catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    return null; // a proxy's page, or an answer that broke off
  });
  const failure = failureIn(document);
  if (failure === null && document !== null && (answer.ok || alsoDocuments.includes(answer.status)))
    return document as Answer;
  if (answer.status === 401) leaveToSignIn();
  if (failure === null && answer.status >= 502) throw new Unreachable(answer.status);
  throw new ApiError(answer.status, failure ?? { code: 'NO_DOCUMENT', message: `it answered ${answer.status}` });
}

function failureIn(document: unknown): { code: string; message: string } | null {
  const error = (document as { error?: unknown } | null)?.error;
  if (typeof error !== 'object' || error === null) return null;
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' && typeof message === 'string' ? { code, message } : null;
}

function queryText(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of value === undefined ? [] : [value].flat()) search.append(name, String(each));
  return search.size === 0 ? '' : `?${search}`;
}

let isLeaving = false;

/** The session is over: leads to the sign-in page, once. @param andBack whether that leads back here */
export function leaveToSignIn({ andBack = true } = {}): void {
  if (isLeaving) return; // who has signed out isn't led back by the next answer
  isLeaving = true;
  addEventListener('pageshow', () => (isLeaving = false), { once: true }); // the browser's way back shows the page as it was
  const here = location.pathname + location.search;
  location.assign(andBack ? `/sign-in?to=${encodeURIComponent(here)}` : '/sign-in');
}
