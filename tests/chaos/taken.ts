/** What a fault has to itself: another one that needs it finds it taken. */
export class Taken {
  readonly #names = new Set<string>();

  /** @returns whether it was free */
  take(name: string): boolean {
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    return true;
  }

  giveBack(name: string): void {
    this.#names.delete(name);
  }
}
