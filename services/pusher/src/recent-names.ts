/**
 * The user names that LastPass had a moment ago. All batches of creates that follow each other ask whether their accounts exist by now:
 * one list answers them all. A list for each would make a first sync as long as the square of its people.
 */
export class RecentNames {
  readonly #list: () => Promise<ReadonlySet<string>>;
  #last: { readonly beganMs: number; readonly names: Promise<ReadonlySet<string>> } | null = null;

  /** @param list lists the names of all accounts */
  constructor(list: () => Promise<ReadonlySet<string>>) {
    this.#list = list;
  }

  /**
   * All names, by a list that began at this time or later, ms since 1970.
   * @throws whatever listing throws; it is tried again then
   */
  async since(ms: number): Promise<ReadonlySet<string>> {
    if (this.#last === null || this.#last.beganMs < ms) this.#last = { beganMs: Date.now(), names: this.#list() };
    const asked = this.#last;
    try {
      return await asked.names;
    } catch (error) {
      if (this.#last === asked) this.#last = null;
      throw error;
    }
  }
}
