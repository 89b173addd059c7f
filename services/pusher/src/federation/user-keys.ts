/**
 * K1 of each user, in a confidential attribute of Active Directory: written where there is none, read back, and never replaced.
 *
 * An attribute that looks empty doesn't prove that nobody has written it: another domain controller may have a key that hasn't come here yet.
 * So none is made where the registrar has a K2 already; and before one is written it is noted at which domain controller, where whoever
 * comes after a crash looks first.
 */
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { CompanyHalf, KeyHalfError } from '@connector/federation/key-halves.ts';
import type { DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import { z } from 'zod';
import { type CompanyHalves, KeyTrouble, type WantedHalf } from './company-halves.ts';

export interface UserKeysOptions {
  readonly store: Store;
  readonly directories: readonly DirectoryConfiguration[];
  /** Its lDAPDisplayName. */
  readonly attribute: string;
  readonly signal: AbortSignal;
}

/** A key was about to be written at a domain controller, ms since 1970. */
const keyWrite = z.strictObject({ url: z.string(), atMs: z.number() });

/** After so long what was written at one domain controller is at all of them, or that one is gone for good, ms. */
const replicatedAfterMs = 24 * 3_600_000;

/** What is about one user, and not about the directory. */
const ofOneUser: readonly string[] = ['insufficient-rights'];

/** The K1s of a batch. It is connected to a directory when somebody of it comes first, and no longer than the batch. */
export class UserKeys implements CompanyHalves {
  readonly #options: UserKeysOptions;
  readonly #connections = new Map<string, Promise<DirectoryConnection>>();

  constructor(options: UserKeysOptions) {
    this.#options = options;
  }

  async of(wanted: WantedHalf): Promise<CompanyHalf> {
    try {
      return await this.#keyOf(wanted);
    } catch (error) {
      if (error instanceof DirectoryError)
        throw new KeyTrouble(error.message, { ofOne: ofOneUser.includes(error.code), cause: error });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#connections.values());
    for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
  }

  async #keyOf({ person, username, registered }: WantedHalf): Promise<CompanyHalf> {
    const { attribute } = this.#options;
    const { directory: id, guid } = partsOfPerson(person);
    const directory = this.#options.directories.find((each) => each.id === id);
    if (directory === undefined) throw new KeyTrouble(`the directory ${id} isn't configured any more`, { ofOne: true });
    const writtenAt = await this.#writtenAt(person);
    const connection = await this.#connectedTo(directory, writtenAt);
    const text = await connection.readSecret({ guid, attribute });
    if (text !== null) return this.#halfFrom(text, username);
    if (registered !== null)
      throw new KeyTrouble(
        `a K2 is registered for ${username}, and at ${connection.url} ${attribute} has no K1 to go with it (fragment id ${registered}): it isn't made anew. Where it was written a moment ago it comes with AD's replication; else restore it from a backup of the domain, or, if that key was somebody else's who had the address before, have the registrar forget it`,
        { ofOne: true },
      );
    if (writtenAt !== null && writtenAt !== connection.url)
      throw new KeyTrouble(
        `a key for ${username} was being written at ${writtenAt}, which can't be reached now: whether it is there must be seen first`,
        { ofOne: true },
      );
    if (writtenAt === null) await this.#note(person, connection.url);
    using made = CompanyHalf.random();
    const { bindDn } = directory;
    const kept = await connection.writeSecretOnce({ guid, attribute, text: made.reveal(), bindDn });
    return this.#halfFrom(kept.text, username);
  }

  #connectedTo(directory: DirectoryConfiguration, preferred: string | null): Promise<DirectoryConnection> {
    const name = `${directory.id} ${preferred ?? ''}`;
    const { signal } = this.#options;
    const connection =
      this.#connections.get(name) ?? connectDirectory({ ...connectionOptions(directory), preferred }, signal);
    this.#connections.set(name, connection);
    return connection;
  }

  #halfFrom(text: string, username: string): CompanyHalf {
    try {
      return CompanyHalf.from(text);
    } catch (error) {
      if (!(error instanceof KeyHalfError)) throw error;
      throw new KeyTrouble(
        `${this.#options.attribute} of ${username} holds what is no key of ours, as it ${error.message}; it isn't touched`,
        { ofOne: true },
      );
    }
  }

  /** Where a key for somebody may be that hasn't come to other domain controllers yet. */
  async #writtenAt(person: PersonKey): Promise<string | null> {
    const { redis, keys } = this.#options.store;
    const { value } = parseStored(keyWrite, keys.userKeysAt, await redis.hget(keys.userKeysAt, person));
    return value !== null && Date.now() - value.atMs < replicatedAfterMs ? value.url : null;
  }

  /** It has to outlive a crash of Redis: without it, another domain controller would be asked, and get another key. */
  async #note(person: PersonKey, url: string): Promise<void> {
    const { store } = this.#options;
    const write: z.infer<typeof keyWrite> = { url, atMs: Date.now() };
    await store.commit({ guards: [], writes: [['HSET', store.keys.userKeysAt, person, JSON.stringify(write)]] });
    await store.makeDurable();
  }
}
