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
import type { Counter } from 'prom-client';
import { goOn, slowDown, takeToken } from './call-rate.ts';

/** No call is made while LastPass refuses the credentials. */
export class CredentialsRefused extends Error {
  override readonly name = 'CredentialsRefused';
  readonly code = 'CREDENTIALS_REFUSED';
}

const firstWaitMs = 30_000;
const longestWaitMs = 15 * 60_000;

export interface GateOptions {
  readonly store: Store;
  /** Makes a client whose calls get there like that. */
  readonly clientWith: (send: (request: Post) => Promise<string>) => LastPassClient;
  readonly credentials: { readonly cid: string; readonly provhash: string };
  readonly readiness: Readiness;
  readonly signal: AbortSignal;
  /** Calls by command and outcome. */
  readonly calls: Counter;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #client: LastPassClient;
  /** For the one call that tries refused credentials again. */
  readonly #probe: LastPassClient;
  /** Names the credentials without telling them. */
  readonly #credentials: string;
  /** An alarm is what this pusher isn't ready for. */
  #alarmed = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#credentials = credentialsDigest(options.credentials);
    this.#probe = options.clientWith(post);
    this.#client = options.clientWith(async (request) => {
      await this.#lastLook();
      return post(request);
    });
  }

  /**
   * Makes a call once its turn has come. `send` runs right after the token was taken: what must be true when the call
   * leaves is checked in there; it gives `null` when nothing had to be sent after all.
   * @throws CredentialsRefused, or whatever `send` throws
   */
  async call<T>(command: string, send: (client: LastPassClient) => Promise<T>): Promise<T> {
    const { store, signal, calls, readiness } = this.#options;
    const raised = await this.#mayCall();
    const client = raised === null ? this.#client : this.#probe;
    await takeToken(store, command, signal);
    try {
      const answer = await send(client);
      if (answer === null) return answer;
      calls.inc({ command, outcome: 'ok' });
      await this.#answered(raised);
      return answer;
    } catch (error) {
      if (!(error instanceof LastPassError)) throw error;
      calls.inc({ command, outcome: error.code });
      if (error.code === 'unauthorized') await this.#raiseAlarm(error.message, raised);
      else if (error.code === 'refused') await this.#answered(raised);
      else if (error.code !== 'cancelled')
        readiness.problem('lastpass', error.message, {
          detail: ` (all calls pause for ${Math.round((await slowDown(store, error.retryAfterMs)) / 1_000)} s)`,
        });
      throw error.code === 'unauthorized' ? new CredentialsRefused(error.message, { cause: error }) : error;
    }
  }

  /** LastPass took the call but asked for patience: everybody slows down. */
  async patience(message: string): Promise<void> {
    const pauseMs = await slowDown(this.#options.store);
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
    const { store, readiness } = this.#options;
    if (raised !== null) await store.redis.hdel(store.keys.alarms, this.#credentials);
    if (readiness.has('lastpass')) await goOn(store);
    readiness.solved('lastpass');
  }
}
