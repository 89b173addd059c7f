/** Where K2 and the fragment id of each federated user are kept: LastPass's side. How LastPass itself takes them isn't public. */
import { type FragmentId, fragmentIdOf } from './derived.ts';
import { type CompanyHalf, LastPassHalf } from './key-halves.ts';

/** What is kept of a user. */
export interface RegisteredKey {
  readonly k2: LastPassHalf;
  readonly fragmentId: FragmentId;
}

/** A user's key that is to be kept. */
export interface Registration extends RegisteredKey {
  /** The account's address, in lower case. */
  readonly username: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Keeps keys, and never puts one in the place of another. */
export interface KeyRegistrar {
  /** What is kept of a user; `null` only where the registrar itself says that it is nothing. @throws RegistrarError */
  registered(username: string, options?: CallOptions): Promise<RegisteredKey | null>;
  /**
   * Has it kept, and reads it back: once this has returned, it is there. The same key once more is no error.
   * @throws RegistrarError, with `taken` where another key is kept of this user, which stays
   */
  register(registration: Registration, options?: CallOptions): Promise<void>;
}

/**
 * | code | what happened |
 * |---|---|
 * | `taken` | another key is registered for the user, and stays |
 * | `other-k1` | what is registered belongs to another K1 |
 * | `not-kept` | the registrar said that it has kept a key, and then told of another one, or of none |
 * | `damaged` | what it tells of the user is no key |
 * | `unauthorized` | it refuses the token |
 * | `not-a-registrar` | there is none at this address, or it answers what no registrar answers |
 * | `unavailable` | it doesn't answer, isn't reached, or asks to be asked later |
 * | `cancelled` | the caller's signal |
 */
export type RegistrarErrorCode =
  | 'taken'
  | 'other-k1'
  | 'not-kept'
  | 'damaged'
  | 'unauthorized'
  | 'not-a-registrar'
  | 'unavailable'
  | 'cancelled';

/** The key registrar didn't do what was asked. Neither the message nor the cause ever holds a key or the token. */
export class RegistrarError extends Error {
  override readonly name = 'RegistrarError';
  readonly code: RegistrarErrorCode;

  constructor(code: RegistrarErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.code = code;
  }
}

/** Whose K2 is wanted. */
export interface Wanted extends CallOptions {
  readonly username: string;
  readonly k1: CompanyHalf;
  /** What the registrar has just told of them; missing: it is asked. */
  readonly known?: RegisteredKey | null;
}

/**
 * A user's K2: the registered one, else a new one that is registered now. However often it is asked, by however many at once, and
 * wherever one of them was killed, it is the same for all.
 * @throws RegistrarError, with `other-k1` where the user's K2 belongs to another K1
 */
export async function lastPassHalfFor(
  registrar: KeyRegistrar,
  { username, k1, signal, ...told }: Wanted,
): Promise<LastPassHalf> {
  const known = told.known === undefined ? await registrar.registered(username, { signal }) : told.known;
  if (known !== null) return halfOf(known, { username, k1 });
  const k2 = LastPassHalf.randomFor(k1);
  try {
    await registrar.register({ username, k2, fragmentId: fragmentIdOf(k1) }, { signal });
    return k2;
  } catch (error) {
    k2[Symbol.dispose]();
    if (!(error instanceof RegistrarError) || error.code !== 'taken') throw error;
  }
  const others = await registrar.registered(username, { signal }); // somebody else was quicker
  if (others !== null) return halfOf(others, { username, k1 });
  throw new RegistrarError(
    'not-kept',
    `the key registrar says that another key is registered for ${username}, and tells of none: have whoever runs it look into it`,
  );
}

function halfOf({ k2, fragmentId }: RegisteredKey, { username, k1 }: Wanted): LastPassHalf {
  if (fragmentId === fragmentIdOf(k1) && k2.length === k1.length) return k2;
  k2[Symbol.dispose]();
  throw new RegistrarError(
    'other-k1',
    `the K2 that is registered for ${username} belongs to another K1 (fragment id ${fragmentId}, and not ${fragmentIdOf(k1)}): restore that K1 from its copy, for no other opens the vault`,
  );
}
