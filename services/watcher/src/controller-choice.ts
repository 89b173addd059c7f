/**
 * Which domain controller is tried first: the one that was read last, for only there does our place in its changes mean
 * anything, and a full read is due at any other. It is given up when it can't be reached, or keeps failing; and for a better
 * choice when everything is to be read again anyway.
 */
import type { DirectoryOptions } from '@connector/active-directory/directory-options.ts';

/** A controller that has failed so often in a row is tried after the others. */
const failuresToAvoid = 3;
/** One that was of use for so long has only had bad luck, ms. */
const goodForMs = 300_000;
/** A free choice that came to nothing isn't repeated sooner, ms. */
const freeAgainAfterMs = 3_600_000;

export class ControllerChoice {
  #failing: string | null = null;
  #failures = 0;
  #free = false;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  /** @param lastRead the address in the cursor */
  preferences(lastRead: string | null): Required<Pick<DirectoryOptions, 'preferred' | 'avoided'>> {
    return {
      preferred: this.#free ? null : lastRead,
      avoided: this.#failures >= failuresToAvoid ? this.#failing : null,
    };
  }

  mayChooseFreely(nowMs: number): boolean {
    return nowMs - this.#freeAtMs >= freeAgainAfterMs;
  }

  /** The next one is chosen as if none had been read before. */
  chooseFreely(nowMs: number): void {
    this.#free = true;
    this.#freeAtMs = nowMs;
  }

  /** One was chosen; the next choice prefers again what was read last. */
  chosen(): void {
    this.#free = false;
  }

  /** The connection to a controller, or the reading of it, has failed. */
  failed(url: string, { afterMs }: { afterMs: number }): void {
    const again = url === this.#failing && afterMs < goodForMs;
    this.#failures = again ? this.#failures + 1 : 1;
    this.#failing = url;
  }
}
