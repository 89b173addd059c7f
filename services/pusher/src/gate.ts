/**
 * The gate that every call to LastPass goes through: one rate, one alarm. When LastPass refuses the credentials, all
 * pushers stop at once, and one of them tries again after a while that grows; nothing burns them on.
 */
import type { LastPassClient } from '@connector/lastpass/client.ts';
import { LastPassError } from '@connector/lastpass/errors.ts';
import { type Post, post } from '@connector/lastpass/transport.ts';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import { type Alarm, alarm } from '@connector/shared/plan.ts';
import type { Readiness } from '@connector/shared/readiness.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { SpanKind, tellSpan, traced } from '@connector/shared/tracing.ts';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { type EndedCall, type Sign, signOf } from './allowance.ts';
import type { CallRate, Turn } from './call-rate.ts';
import type { PusherMetrics } from './metrics.ts';

/** No call is made while LastPass refuses the credentials. */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
  readonly code = 'CREDENTIALS_REFUSED';
}

const firstWaitMs = 30_000;
const longestWaitMs = 15 * 60_000;

/** What the gate must know of a call. */
export interface CallOptions<T> {
  /** How many accounts it was to change together, once it has left. */
  readonly accounts?: () => number;
  /** LastPass's words in the answer, where they ask everybody to slow down. */
  readonly slowDownIn?: (answer: T) => string | null;
}

/** The way to LastPass. */
export interface Calls {
  /**
   * Makes a call once its turn has come. `send` runs right after the turn was taken: what must be true when the call
   * leaves is checked in there; it gives `null` when nothing had to be sent after all.
   * @throws CredentialsRefused, or whatever `send` throws
   */
  call<T>(command: string, send: (client: LastPassClient) => Promise<T>, options?: CallOptions<T>): Promise<T>;
}

export interface GateOptions {
  readonly store: Store;
  readonly rate: CallRate;
  /** Makes a client whose calls get there like that. */
  readonly clientWith: (send: (request: Post) => Promise<string>) => LastPassClient;
  readonly credentials: { readonly cid: string; readonly provhash: string };
  /** So many calls of this pusher wait for their turn or their answer at once, those about leavers not counted. */
  readonly callsInFlight: number;
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  /** Told of every call. */
  readonly metrics: Pick<PusherMetrics, 'callEnded'>;
  readonly log: Logger;
}

/** A call that has come to its end, and its turn. */
interface Ended {
  readonly turn: Turn;
  readonly call: EndedCall;
}

export class Gate implements Calls {
  readonly #options: GateOptions;
  readonly #client: LastPassClient;
  /** For the one call that tries refused credentials again. */
  readonly #probe: LastPassClient;
  readonly #inFlight: <T>(call: () => Promise<T>) => Promise<T>;
  /** Names the credentials without telling them. */
  readonly #credentials: string;
  /** An alarm is what this pusher isn't ready for. */
  #alarmed = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#credentials = credentialsDigest(options.credentials);
    this.#probe = options.clientWith(post);
    this.#inFlight = pLimit(options.callsInFlight);
    this.#client = options.clientWith(async (request) => {
      await this.#lastLook();
      return post(request);
    });
  }

  call<T>(command: string, send: (client: LastPassClient) => Promise<T>, options: CallOptions<T> = {}): Promise<T> {
    return this.#inFlight(() => this.#make(command, send, { ...options, forLeavers: false }));
  }

  /** The same way for calls about leavers, who wait for a pause and for nobody else's calls. */
  readonly leavers: Calls = {
    call: (command, send, options = {}) => this.#make(command, send, { ...options, forLeavers: true }),
  };

  async #make<T>(
    command: string,
    send: (client: LastPassClient) => Promise<T>,
    { accounts = () => 0, slowDownIn = () => null, forLeavers }: CallOptions<T> & { forLeavers: boolean },
  ): Promise<T> {
    const { rate, signal } = this.#options;
    const raised = await this.#mayCall();
    const client = raised === null ? this.#client : this.#probe;
    const turn = await rate.takeTurn({ command, forLeavers }, signal);
    const fromMs = performance.now();
    const ended = (sign: Sign): Ended => {
      const tookMs = performance.now() - fromMs;
      return { turn, call: { sign, takenAtMs: turn.takenAtMs, tookMs, accounts: accounts() } };
    };
    try {
      const answer = await traced(command, { kind: SpanKind.CLIENT }, async () => {
        const given = await send(client);
        tellSpan({ 'connector.accounts': accounts(), ...(given === null ? { 'connector.sent': false } : {}) });
        return given;
      });
      if (answer === null) return answer;
      this.#tell(command, 'ok', ended('well'));
      await this.#answered(raised);
      const asked = slowDownIn(answer);
      if (asked === null) await rate.learn(turn, ended('well').call);
      else await this.#patience(asked, ended('too-much'));
      return answer;
    } catch (error) {
      if (!(error instanceof LastPassError)) throw error;
      this.#tell(command, error.code, ended(signOf(error)));
      await this.#failed(error, ended(signOf(error)), raised);
      throw error.code === 'unauthorized' ? new CredentialsRefused(error.message, { cause: error }) : error;
    }
  }

  /** For Prometheus and the debug log: a call, its outcome, and how long LastPass took. */
  #tell(command: string, outcome: string, { call: { accounts, tookMs } }: Ended): void {
    this.#options.metrics.callEnded({ command, outcome, accounts, tookMs });
    this.#options.log.debug({ command, outcome, accounts, tookMs: Math.round(tookMs) }, 'a call to LastPass has ended');
  }

  async #failed(error: LastPassError, { turn, call }: Ended, raised: Alarm | null): Promise<void> {
    const { code, message } = error;
    const { rate, readiness } = this.#options;
    if (code === 'cancelled') return;
    if (code === 'unauthorized') return this.#raiseAlarm(message, raised);
    if (code === 'refused') {
      await this.#answered(raised);
      return rate.learn(turn, { ...call, sign: 'well', accounts: 0 });
    }
    // It goes on at once with smaller ones: nobody need wait for that.
    if (code === 'too-large' && call.accounts > 1) return rate.learn(turn, call);
    const pauseMs = await rate.slowDown(call, error.retryAfterMs);
    readiness.problem('lastpass', message, { detail: ` (all calls pause for ${Math.round(pauseMs / 1_000)} s)` });
  }

  /** LastPass took the call but asked for patience: everybody slows down. */
  async #patience(message: string, { call }: Ended): Promise<void> {
    const pauseMs = await this.#options.rate.slowDown(call);
    this.#options.readiness.problem(
      'lastpass',
      `LastPass asks to slow down ("${message}"): all calls pause for ${Math.round(pauseMs / 1_000)} s`,
    );
  }

  /** Whether an alarm has stood long enough for one more try. Notices, too, when another pusher's try ended it. */
  async mayTryAgain(): Promise<boolean> {
    const { value } = await this.#alarm();
    if (value === null && this.#alarmed) {
      this.#alarmed = false;
      this.#options.readiness.solved('lastpass');
    }
    return value !== null && value.tryAgainAtMs <= Date.now();
  }

  async #alarm() {
    const { redis, keys } = this.#options.store;
    return parseStored(alarm, keys.alarms, await redis.hget(keys.alarms, this.#credentials));
  }

  /** Lets a call pass when there is no alarm, or when it is this one's turn to try again. */
  async #mayCall(): Promise<Alarm | null> {
    const { store } = this.#options;
    const { raw, value } = await this.#alarm();
    if (value === null) return null;
    const refused = new CredentialsRefused(value.message);
    if (value.tryAgainAtMs > Date.now()) throw this.#told(refused);
    const next: Alarm = {
      ...value,
      tryAgainAtMs: Date.now() + Math.min(longestWaitMs, Math.max(firstWaitMs, Date.now() - value.sinceMs)),
    };
    const { committed } = await store.commit({
      guards: [{ command: ['HGET', store.keys.alarms, this.#credentials], is: raw }],
      writes: [['HSET', store.keys.alarms, this.#credentials, JSON.stringify(next)]],
    });
    if (!committed) throw this.#told(refused);
    return next;
  }

  /** Right before a call leaves: it has waited for its turn, and another one may have been refused meanwhile. */
  async #lastLook(): Promise<void> {
    const { value } = await this.#alarm();
    if (value !== null) throw this.#told(new CredentialsRefused(value.message));
  }

  #told(refused: CredentialsRefused): CredentialsRefused {
    this.#alarmed = true;
    this.#options.readiness.problem('lastpass', refused.message);
    return refused;
  }

  async #raiseAlarm(message: string, raised: Alarm | null): Promise<void> {
    const { store, readiness } = this.#options;
    const sinceMs = raised?.sinceMs ?? Date.now();
    const next: Alarm = raised ?? { message, sinceMs, tryAgainAtMs: sinceMs + firstWaitMs };
    await store.redis.hset(store.keys.alarms, this.#credentials, JSON.stringify(next));
    this.#alarmed = true;
    readiness.problem('lastpass', message);
  }

  async #answered(raised: Alarm | null): Promise<void> {
    const { store, rate, readiness } = this.#options;
    if (raised !== null) await store.redis.hdel(store.keys.alarms, this.#credentials);
    if (readiness.has('lastpass')) await rate.goOn();
    readiness.solved('lastpass');
  }
}
