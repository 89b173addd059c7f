/** Answers that take long to find are kept for a while, and found anew in good time while somebody keeps asking. */

/** What is found within this is found anew each time, ms. */
const quickMs = 50;
/** An answer may be so many times as old as it took to find: whoever asks all the time costs a tenth of a core at most. */
const timesAsOld = 10;

interface Answer<T> {
  readonly value: T;
  readonly foundAtMs: number;
  readonly tookMs: number;
}

export class Recent<T> {
  readonly #find: () => Promise<T>;
  #last: Answer<T> | null = null;
  #finding: Promise<T> | null = null;
  /** Counts what was forgotten: an answer that was begun before is no news. */
  #forgotten = 0;

  constructor(find: () => Promise<T>) {
    this.#find = find;
  }

  /** @throws what finding it throws, unless there is a recent answer */
  async get(): Promise<T> {
    const last = this.#last;
    if (last === null || last.tookMs < quickMs) return this.#anew();
    const ageMs = performance.now() - last.foundAtMs;
    if (ageMs > timesAsOld * last.tookMs) return this.#anew();
    if (ageMs > (timesAsOld * last.tookMs) / 2) this.#anew().catch(() => this.forget()); // and the next one is told why
    return last.value;
  }

  /** Something has changed: the next answer is found anew. */
  forget(): void {
    this.#last = null;
    this.#finding = null;
    this.#forgotten++;
  }

  #anew(): Promise<T> {
    this.#finding ??= this.#search();
    return this.#finding;
  }

  async #search(): Promise<T> {
    const forgotten = this.#forgotten;
    const beganAtMs = performance.now();
    try {
      const value = await this.#find();
      const foundAtMs = performance.now();
      if (forgotten === this.#forgotten) this.#last = { value, foundAtMs, tookMs: foundAtMs - beganAtMs };
      return value;
    } finally {
      if (forgotten === this.#forgotten) this.#finding = null;
    }
  }
}
