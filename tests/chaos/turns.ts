/** One at a time: who comes while somebody is at it waits for their turn. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does it once all who came before are done. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined); // told to who asked for it
    return done;
  }
}
