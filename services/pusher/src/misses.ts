/**
 * Isolating the account that keeps a call from being answered. LastPass names nobody then, so it is found by its company: a
 * *miss* is a call without a conclusive answer although LastPass answers reads. Whoever shares misses is sent in ever smaller
 * calls, until one is alone.
 *
 * | misses in a row | sent |
 * |---|---|
 * | 0, 1 | together with everybody: once may be chance |
 * | 2 and more | in half as many with each miss; the others are delivered |
 * | 3, and alone in the call | set aside, tried again later |
 */
import type { Delivery } from '@connector/sync/calls/delivery.ts';

/** So many misses in a row are nobody's own. */
const byChance = 1;
/** So many misses in a row, the last of them alone, and an account is set aside. */
const untilSetAside = 3;
const firstRetryMs = 5 * 60_000;
const longestRetryMs = 15 * 60_000;
/** Misses in a row of one command, of whomever, from which on they are the command's own and not an account's. */
const brokenAfter = 10;
/** A command counts as broken for so long, ms; then it may be an account's doing again. */
const brokenForMs = 60_000;

/** Who goes into which call: those with as many misses together, and in the fewer the more these are. */
export function callsOf(
  carried: readonly Delivery[],
  { atMost, missesOf }: { atMost: number; missesOf: (delivery: Delivery) => number },
): Delivery[][] {
  const company = Map.groupBy(carried, (delivery) => Math.max(byChance, missesOf(delivery)));
  return [...company].flatMap(([misses, these]) => {
    const halvings = misses - byChance;
    const size =
      halvings === 0 ? atMost : Math.min(Math.ceil(atMost / 2 ** halvings), Math.ceil(Math.max(2, these.length) / 2));
    return Array.from({ length: Math.ceil(these.length / size) }, (_, index) =>
      these.slice(index * size, (index + 1) * size),
    );
  });
}

/** How long somebody alone in a call that was missed is set aside, ms; `null`: not yet, or not alone. */
export function setAsideForMs({ misses, together }: { misses: number; together: number }): number | null {
  if (together > 1 || misses < untilSetAside) return null;
  return Math.min(longestRetryMs, firstRetryMs * 2 ** (misses - untilSetAside));
}

/** Tells a command that LastPass answers to nobody from an account that it doesn't answer about. One for each pusher. */
export class CommandMisses {
  readonly #inARow = new Map<string, number>();
  readonly #brokenUntilMs = new Map<string, number>();

  /** A conclusive answer came. */
  answered(command: string): void {
    this.#inARow.delete(command);
    this.#brokenUntilMs.delete(command);
  }

  /** None came. @returns whether it is to be counted against the accounts in the call */
  missed(command: string, nowMs: number): boolean {
    if ((this.#brokenUntilMs.get(command) ?? 0) > nowMs) return false;
    const inARow = (this.#inARow.get(command) ?? 0) + 1;
    this.#inARow.set(command, inARow);
    if (inARow < brokenAfter) return true;
    this.#inARow.delete(command);
    this.#brokenUntilMs.set(command, nowMs + brokenForMs);
    return false;
  }
}
