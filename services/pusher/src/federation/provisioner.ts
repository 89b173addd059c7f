/**
 * Keys of people who are to log in by federated log-in: K1 from the company, K2 at the key registrar, and the hidden master password of the
 * two, which is in memory until its call has left, and nowhere else.
 *
 * A K2 that is registered is used again, never replaced: wherever this was cut off, doing it again comes to the same password.
 */
import { KeyFileError, readCompanyKey } from '@connector/federation/company-key-file.ts';
import { fragmentIdOf, HiddenMasterPassword } from '@connector/federation/derived.ts';
import { KeyHalfError } from '@connector/federation/key-halves.ts';
import { type KeyRegistrar, lastPassHalfFor, RegistrarError } from '@connector/federation/key-registrar.ts';
import { noRegistrar } from '@connector/shared/federation-settings.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import type { FederatedBy } from '@connector/shared/plan.ts';
import type { MasterPasswordOf } from '@connector/sync/calls/calls.ts';
import pLimit from 'p-limit';
import { type CompanyHalves, KeyTrouble } from './company-halves.ts';

/** So many people's keys are asked for side by side. */
const atOnce = 8;

/** Somebody whose key is wanted. */
export interface ToProvision {
  readonly person: PersonKey;
  readonly username: string;
  readonly federated: FederatedBy;
}

export interface ProvisionerOptions {
  /** `null`: none is configured. */
  readonly registrar: KeyRegistrar | null;
  /** What the configuration lacks for it: one sentence each. */
  readonly missing: (mode: FederatedBy) => readonly string[];
  /** `null`: none is configured. */
  readonly companyKeyFile: string | null;
  /** The K1s of one batch, where nothing is missing. */
  readonly halvesBy: (mode: FederatedBy) => CompanyHalves;
  readonly signal: AbortSignal;
}

/** The hidden master passwords of one call; dispose of them as soon as it has left. */
export class MasterPasswords implements Disposable {
  readonly #of = new Map<PersonKey, HiddenMasterPassword>();

  set(person: PersonKey, password: HiddenMasterPassword): void {
    this.#of.set(person, password);
  }

  /** @throws Error for whom there is none: their call must not leave */
  readonly of: MasterPasswordOf = (person) => {
    const password = this.#of.get(person);
    if (password === undefined)
      throw new Error(
        'a federated user was to be created without their key, which is a mistake of ours: please report it',
      );
    return password;
  };

  [Symbol.dispose](): void {
    for (const password of this.#of.values()) password[Symbol.dispose]();
    this.#of.clear();
  }
}

/** Who has a key now, who can't have one, and whether nobody can at the moment. */
export interface Provisioned extends Disposable {
  readonly masterPasswordOf: MasterPasswordOf;
  /** Person → why they can't have one. */
  readonly refused: ReadonlyMap<PersonKey, string>;
  /** They wait for something that is about none of them. */
  readonly waiting: ReadonlySet<PersonKey>;
  /** What for; `null` where nobody waits. */
  readonly trouble: string | null;
}

export class Provisioner {
  readonly #options: ProvisionerOptions;

  constructor(options: ProvisionerOptions) {
    this.#options = options;
  }

  /** Sees to everybody's key. Once it is known that nobody can have one, no more are asked for. */
  async provision(people: readonly ToProvision[]): Promise<Provisioned> {
    const passwords = new MasterPasswords();
    const refused = new Map<PersonKey, string>();
    const waiting = new Set<PersonKey>();
    const troubles: string[] = [];
    const see = async (one: ToProvision, password: () => Promise<HiddenMasterPassword>) => {
      try {
        if (troubles.length === 0) passwords.set(one.person, await password());
        else waiting.add(one.person);
      } catch (error) {
        const { message, ofOne } = troubleOf(error);
        if (ofOne) return void refused.set(one.person, message);
        waiting.add(one.person);
        troubles.push(message);
      }
    };
    const limit = pLimit(atOnce);
    try {
      for (const mode of new Set(people.map(({ federated }) => federated))) {
        const ofMode = people.filter(({ federated }) => federated === mode);
        await using halves = this.#halvesBy(mode);
        const seen = ofMode.map((one) => limit(see, one, () => this.#passwordOf(one, halves)));
        for (const one of await Promise.allSettled(seen)) if (one.status === 'rejected') throw one.reason;
      }
    } catch (error) {
      passwords[Symbol.dispose]();
      throw error;
    }
    return {
      ...{ masterPasswordOf: passwords.of, refused, waiting, trouble: troubles[0] ?? null },
      [Symbol.dispose]: () => passwords[Symbol.dispose](),
    };
  }

  /**
   * Whose K1 somebody is federated with, by the registrar's word; `null`: they aren't. Nobody is where no registrar is configured.
   * @throws RegistrarError
   */
  async registeredBy(username: string): Promise<FederatedBy | null> {
    const { registrar, companyKeyFile, signal } = this.#options;
    const known = registrar && (await registrar.registered(username, { signal }));
    if (known === null) return null;
    known.k2[Symbol.dispose]();
    if (companyKeyFile === null) return 'userKey';
    try {
      using k1 = await readCompanyKey(companyKeyFile);
      return fragmentIdOf(k1) === known.fragmentId ? 'companyKey' : 'userKey';
    } catch (error) {
      if (error instanceof KeyFileError) return 'companyKey'; // which is told where it is needed
      throw error;
    }
  }

  #halvesBy(mode: FederatedBy): CompanyHalves {
    const missing = this.#options.missing(mode);
    return missing.length === 0 ? this.#options.halvesBy(mode) : noHalves(missing.join('; '));
  }

  async #passwordOf({ person, username }: ToProvision, halves: CompanyHalves): Promise<HiddenMasterPassword> {
    const { registrar, signal } = this.#options;
    const known = registrar && (await registrar.registered(username, { signal }));
    using k1 = await halves.of({ person, username, registered: known?.fragmentId ?? null });
    if (registrar === null) throw new KeyTrouble(noRegistrar, { ofOne: false });
    using k2 = await lastPassHalfFor(registrar, { username, k1, known, signal });
    return HiddenMasterPassword.of(k1, k2);
  }
}

const noHalves = (message: string): CompanyHalves => ({
  of: () => Promise.reject(new KeyTrouble(message, { ofOne: false })),
  async [Symbol.asyncDispose]() {},
});

/** What is about one user's key, and no other's. */
const ofOneUser: readonly string[] = ['taken', 'other-k1', 'not-kept'];

/** @throws the error itself, where it is neither about a key nor about who keeps it */
function troubleOf(error: unknown): { readonly message: string; readonly ofOne: boolean } {
  if (error instanceof KeyTrouble) return error;
  if (error instanceof KeyHalfError) return { message: error.message, ofOne: true };
  if (!(error instanceof RegistrarError) || error.code === 'cancelled') throw error;
  return { message: error.message, ofOne: ofOneUser.includes(error.code) };
}
