/** Which console tells: one at a time, so that several don't tell everything several times. */
import type { Store } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';

/** Longer than any try to send takes (`sendWithinMs`), by more than a renewal: there is always time for one, ms. */
const turnMs = 15_000;
/** How often it is renewed, ms. */
export const renewEveryMs = 3_000;

export class Turn {
  readonly #store: Store;
  readonly #console: string;
  #untilMs = 0;

  constructor(store: Store, console: string) {
    this.#store = store;
    this.#console = console;
  }

  /** Holds as long as it is this console's turn: a transaction of one that slept through it is refused. */
  get guard(): Guard {
    return { command: ['GET', this.#store.keys.notifier], is: this.#console };
  }

  /** Whether it is this console's turn, as far as it knows. */
  get isOurs(): boolean {
    return Date.now() < this.#untilMs;
  }

  /** Whether it stays so for a while, ms, even if it can't be renewed: who begins nothing else never sends in another one's turn. */
  lastsFor(ms: number): boolean {
    return Date.now() + ms < this.#untilMs;
  }

  /** Keeps the turn, or takes it when it is free. */
  async keep(): Promise<void> {
    const { keys, commit } = this.#store;
    const askedAtMs = Date.now();
    const renewed = await commit({ guards: [this.guard], writes: [['PEXPIRE', keys.notifier, String(turnMs)]] });
    const isOurs =
      renewed.committed ||
      (
        await commit({
          guards: [{ command: ['GET', keys.notifier], is: null }],
          writes: [['SET', keys.notifier, this.#console, 'PX', String(turnMs)]],
        })
      ).committed;
    this.#untilMs = isOurs ? askedAtMs + turnMs : 0;
  }

  async release(): Promise<void> {
    if (!this.isOurs) return;
    this.#untilMs = 0;
    await this.#store.commit({ guards: [this.guard], writes: [['DEL', this.#store.keys.notifier]] });
  }
}
