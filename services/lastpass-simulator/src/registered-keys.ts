/** K2 and fragment id of each federated user: LastPass's side of federated log-in. One that is there is never replaced. */
import { z } from 'zod';

/** base64 of some bytes, as keys are written. */
const base64 = z
  .string()
  .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be base64')
  .min(24, 'must be 16 bytes at least, as base64');

export const registeredKey = z.strictObject({
  k2: base64,
  /** base64(SHA-256(K1)): 44 characters. */
  fragmentId: base64.length(44, 'must be a SHA-256, as base64'),
});
export type RegisteredKey = z.infer<typeof registeredKey>;

/** `kept`: it was new; `known`: just this is there already; `taken`: another one is there, and stays. */
export type Registered = 'kept' | 'known' | 'taken';

export class RegisteredKeys {
  readonly #byUsername: Map<string, RegisteredKey>;

  /** @param keys by username, in lower case */
  constructor(keys: Record<string, RegisteredKey> = {}) {
    this.#byUsername = new Map(Object.entries(keys));
  }

  get size(): number {
    return this.#byUsername.size;
  }

  /** By username, in any case. */
  find(username: string): RegisteredKey | undefined {
    return this.#byUsername.get(username.toLowerCase());
  }

  register(username: string, key: RegisteredKey): Registered {
    const known = this.find(username);
    if (known === undefined) {
      this.#byUsername.set(username.toLowerCase(), { ...key });
      return 'kept';
    }
    return known.k2 === key.k2 && known.fragmentId === key.fragmentId ? 'known' : 'taken';
  }

  /** By username, in their alphabet. */
  snapshot(): Record<string, RegisteredKey> {
    return Object.fromEntries([...this.#byUsername].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
