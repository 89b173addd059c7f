/**
 * Keys of people who are to log in by federated log-in: K1 from the company, K2 at the key registrar, and the hidden master password of the
 * two, which is in memory until its call has left, and nowhere else.
 *
 * A K2 that is registered is used again, never replaced: wherever this was cut off, doing it again comes to the same password.
 */
import { HiddenMasterPassword } from '@connector/federation/derived.ts';
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

/** So many are asked about together: within `withinMs`, and whoever leaves meanwhile is looked at then. */
export const askedTogether = 25;

/** All of a call's keys are there within this, or wait for the next time, ms: whoever leaves meanwhile waits as long. */
const withinMs = 5_000;

/** After trouble nobody is asked for so long, ms: thousands who wait for a key mustn't keep everybody else's deliveries waiting. */
const restsMs = 5_000;

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
  /** Fragment id of the company's key; `null`: none is configured. */
  readonly companyKeyFragmentId: string | null;
  /** The K1s of one batch, where nothing is missing. */
  readonly halvesBy: (mode: FederatedBy, signal: AbortSignal) => CompanyHalves;
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

/** Who has a key at the registrar. */
export interface Registered {
  readonly registered: ReadonlySet<string>;
  /** About whom it hasn't answered. */
  readonly unanswered: ReadonlySet<string>;
  /** Why; `null` where it has answered about everybody. */
  readonly trouble: string | null;
}

export class Provisioner {
  readonly #options: ProvisionerOptions;
  #trouble = { message: '', untilMs: 0 };

  constructor(options: ProvisionerOptions) {
    this.#options = options;
  }

  /** Sees to everybody's key. Once it is known that nobody can have one, no more are asked for, for a while. */
  async provision(people: readonly ToProvision[]): Promise<Provisioned> {
    const passwords = new MasterPasswords();
    const refused = new Map<PersonKey, string>();
    const waiting = new Set<PersonKey>();
    const troubles = this.#trouble.untilMs > Date.now() ? [this.#trouble.message] : [];
    const see = async (one: ToProvision, password: () => Promise<HiddenMasterPassword>) => {
      try {
        if (troubles.length === 0) passwords.set(one.person, await password());
        else waiting.add(one.person);
      } catch (error) {
        const { message, ofOne } = late.aborted ? tooLate : troubleOf(error);
        if (ofOne) return void refused.set(one.person, message);
        waiting.add(one.person);
        troubles.push(message);
        this.#trouble = { message, untilMs: Date.now() + restsMs };
      }
    };
    const limit = pLimit(atOnce);
    const late = AbortSignal.timeout(withinMs);
    const signal = AbortSignal.any([this.#options.signal, late]);
    try {
      for (const mode of new Set(people.map(({ federated }) => federated))) {
        const ofMode = people.filter(({ federated }) => federated === mode);
        await using halves = this.#halvesBy(mode, signal);
        const seen = ofMode.map((one) => limit(see, one, () => this.#passwordOf(one, { halves, signal })));
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
   * Who of these has a key at the registrar; nobody has where none is configured. Where it takes too long or is in trouble, what it has told
   * counts all the same.
   */
  async registeredAmong(usernames: readonly string[]): Promise<Registered> {
    const { registrar } = this.#options;
    const registered = new Set<string>();
    const troubles = new Map<string, string>();
    if (registrar === null) return { registered, unanswered: new Set(), trouble: null };
    const late = AbortSignal.timeout(withinMs);
    const signal = AbortSignal.any([this.#options.signal, late]);
    const limit = pLimit(atOnce);
    const ask = async (username: string) => {
      try {
        const known = await registrar.registered(username, { signal });
        known?.k2[Symbol.dispose]();
        if (known !== null) registered.add(username);
      } catch (error) {
        const { message, ofOne } = late.aborted ? untoldTooLong : troubleOf(error);
        if (ofOne)
          registered.add(username); // something is kept of them, whatever it is
        else troubles.set(username, message);
      }
    };
    const asked = await Promise.allSettled(usernames.map((username) => limit(ask, username)));
    for (const one of asked) if (one.status === 'rejected') throw one.reason;
    return { registered, unanswered: new Set(troubles.keys()), trouble: [...troubles.values()][0] ?? null };
  }

  #halvesBy(mode: FederatedBy, signal: AbortSignal): CompanyHalves {
    const missing = this.#options.missing(mode);
    return missing.length === 0 ? this.#options.halvesBy(mode, signal) : noHalves(missing.join('; '));
  }

  async #passwordOf(
    { person, username, federated }: ToProvision,
    { halves, signal }: { halves: CompanyHalves; signal: AbortSignal },
  ): Promise<HiddenMasterPassword> {
    const { registrar } = this.#options;
    const known = registrar && (await registrar.registered(username, { signal }));
    try {
      this.#refuseOtherWay({ username, federated, registered: known?.fragmentId ?? null });
      using k1 = await halves.of({ person, username, registered: known?.fragmentId ?? null });
      if (registrar === null) throw new KeyTrouble(noRegistrar, { ofOne: false });
      using k2 = await lastPassHalfFor(registrar, { username, k1, known, signal });
      return HiddenMasterPassword.of(k1, k2);
    } finally {
      known?.k2[Symbol.dispose]();
    }
  }

  /** The policy may have changed between somebody's key and their account. */
  #refuseOtherWay({
    username,
    federated,
    registered,
  }: Omit<ToProvision, 'person'> & { registered: string | null }): void {
    if (federated !== 'userKey' || registered === null || registered !== this.#options.companyKeyFragmentId) return;
    throw new KeyTrouble(
      `the K2 that is registered for ${username} belongs to the company's key, and policy.federation is userKey: bring companyKey into force until their account is made, or have the registrar forget it`,
      { ofOne: true },
    );
  }
}

const tooLate = {
  message: `the key registrar, or Active Directory, took longer than ${withinMs / 1_000} s for the keys of one call: look whether they are well`,
  ofOne: false,
};

const untoldTooLong = {
  message: `the key registrar took longer than ${withinMs / 1_000} s to tell who has a key: look whether it is well`,
  ofOne: false,
};

const noHalves = (message: string): CompanyHalves => ({
  of: () => Promise.reject(new KeyTrouble(message, { ofOne: false })),
  async [Symbol.asyncDispose]() {},
});

/** What is about one user's key, and no other's. */
const ofOneUser: readonly string[] = ['taken', 'other-k1', 'not-kept', 'damaged'];

/** @throws the error itself, where it is neither about a key nor about who keeps it */
export function troubleOf(error: unknown): { readonly message: string; readonly ofOne: boolean } {
  if (error instanceof KeyTrouble) return error;
  if (error instanceof KeyHalfError) return { message: error.message, ofOne: true };
  if (!(error instanceof RegistrarError) || error.code === 'cancelled') throw error;
  return { message: error.message, ofOne: ofOneUser.includes(error.code) };
}
