/**
 * What can go wrong with the Enterprise API, each as one error with a stable `code`.
 *
 * | code | what happened | `arrived` |
 * |---|---|---|
 * | `unauthorized` | cid or provhash is wrong: stop, a retry only burns it | no |
 * | `rate-limited` | HTTP 429, see `retryAfterMs` | no |
 * | `forbidden` | HTTP 403 | no |
 * | `too-large` | HTTP 413: send smaller batches | no |
 * | `unreachable` | no connection, so nothing was sent: refused, DNS, TLS | no |
 * | `server-error` | HTTP 5xx | perhaps |
 * | `unexpected-answer` | a web page, cut JSON, an answer of another shape | perhaps |
 * | `connection-lost` | the connection ended in the middle | perhaps |
 * | `no-answer` | nothing within the time limit | perhaps |
 * | `cancelled` | the caller's signal | no, if it came before the sending; else perhaps |
 * | `refused` | LastPass says no, see `messages` and `refusals` | yes |
 */

/** One account that LastPass refuses to change, and its words for it. */
export type Refusal = { username: string; message: string };

export type LastPassErrorCode =
  | 'unauthorized'
  | 'rate-limited'
  | 'forbidden'
  | 'too-large'
  | 'unreachable'
  | 'server-error'
  | 'unexpected-answer'
  | 'connection-lost'
  | 'no-answer'
  | 'cancelled'
  | 'refused';

/**
 * Whether the command may have been carried out. `no`: certainly not, so it may be sent again. `perhaps`: read back
 * before anything that can't be repeated. `yes`: LastPass took it and said no; of a list, some may have been applied.
 */
export type Arrived = 'no' | 'perhaps' | 'yes';

export type LastPassErrorDetails = {
  arrived: Arrived;
  cause?: unknown;
  retryAfterMs?: number;
  messages?: string[];
  refusals?: Refusal[];
  unchanged?: string[];
};

/** A call that didn't succeed. Neither the message nor the cause ever holds the provhash. */
export class LastPassError extends Error {
  override readonly name = 'LastPassError';
  readonly code: LastPassErrorCode;
  readonly arrived: Arrived;
  /** What a 429 or 503 asks to wait, in milliseconds; absent where it doesn't say. */
  declare readonly retryAfterMs?: number;
  /** LastPass's own error texts; only with `refused`. */
  declare readonly messages?: string[];
  /** Those of `messages` that name an account of the call. Others of the call may have been changed. */
  declare readonly refusals?: Refusal[];
  /** Accounts of the call that were so already, where LastPass refuses some of those to be disabled or enabled and tells of the others. */
  declare readonly unchanged?: string[];

  constructor(code: LastPassErrorCode, message: string, details: LastPassErrorDetails) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.arrived = details.arrived;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.messages !== undefined) this.messages = details.messages;
    if (details.refusals !== undefined) this.refusals = details.refusals;
    if (details.unchanged !== undefined) this.unchanged = details.unchanged;
  }
}

/** A client that can't be made from its options; the message names the option and what to write. */
export class LastPassOptionsError extends Error {
  override readonly name = 'LastPassOptionsError';
  readonly code = 'options';
}
