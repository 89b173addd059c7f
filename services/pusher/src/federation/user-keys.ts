/**
 * K1 of each user, in a confidential attribute of Active Directory: written where there is none, read back, and never replaced.
 *
 * An attribute that looks empty doesn't prove that nobody has written it: another domain controller may have a key that hasn't come here yet.
 * So none is made where the registrar has a K2 already; and before one is written it is noted at which domain controller, where whoever
 * comes after a crash looks first.
 */
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { ldapCode } from '@connector/active-directory/ldap-failure.ts';
import { CompanyHalf, KeyHalfError } from '@connector/federation/key-halves.ts';
import type { DirectoryConfiguration } from '@connector/shared/configuration.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { countRefusal, isRefused } from '@connector/sync/directory/bind-refusals.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import { isReplicating, type KeyWrite, keyWrite } from '@connector/sync/federation/key-writes.ts';
import { type CompanyHalves, KeyTrouble, type WantedHalf } from './company-halves.ts';

export interface UserKeysOptions {
  readonly store: Store;
  readonly directories: readonly DirectoryConfiguration[];
  /** Its lDAPDisplayName. */
  readonly attribute: string;
  readonly signal: AbortSignal;
}

interface Connected {
  readonly connection: DirectoryConnection;
  /** DNS name of the domain controller. */
  readonly host: string;
}

/** The K1s of a batch. It is connected to a directory when somebody of it comes first, and no longer than the batch. */
export class UserKeys implements CompanyHalves {
  readonly #options: UserKeysOptions;
  readonly #connections = new Map<string, Promise<Connected>>();

  constructor(options: UserKeysOptions) {
    this.#options = options;
  }

  async of(wanted: WantedHalf): Promise<CompanyHalf> {
    try {
      return await this.#keyOf(wanted);
    } catch (error) {
      if (!(error instanceof DirectoryError)) throw error;
      // A controller that hasn't heard of somebody new says that there is no such object.
      const ofOne = error.code === 'insufficient-rights' || error.ldapCode === ldapCode.noSuchObject;
      throw new KeyTrouble(error.message, { ofOne, cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#connections.values());
    for (const one of opened) if (one.status === 'fulfilled') await one.value.connection.close();
  }

  async #keyOf({ person, username, registered }: WantedHalf): Promise<CompanyHalf> {
    const { attribute } = this.#options;
    const { directory: id, guid } = partsOfPerson(person);
    const directory = this.#options.directories.find((each) => each.id === id);
    if (directory === undefined) throw new KeyTrouble(`the directory ${id} isn't configured any more`, { ofOne: true });
    const writing = await this.#lastWrite(person);
    const { connection, host } = await this.#connectedTo(directory, writing.at?.url ?? null);
    const text = await connection.readSecret({ guid, attribute });
    if (text !== null) return this.#halfFrom(text, username);
    if (registered !== null)
      throw new KeyTrouble(
        `a K2 is registered for ${username}, and at ${connection.url} ${attribute} has no K1 to go with it (fragment id ${registered}): it isn't made anew. Where it was written a moment ago it comes with AD's replication; else restore it from a backup of the domain, or, if that key was somebody else's who had the address before, have the registrar forget it`,
        { ofOne: true },
      );
    if (writing.at !== null && writing.at.host !== host)
      throw new KeyTrouble(
        `a key for ${username} was being written at ${writing.at.host}, which can't be reached now: whether it is there must be seen first`,
        { ofOne: true },
      );
    if (writing.at === null) await this.#note(person, { url: connection.url, host, instead: writing.raw });
    using made = CompanyHalf.random();
    const { bindDn } = directory;
    const kept = await connection.writeSecretOnce({ guid, attribute, text: made.reveal(), bindDn });
    return this.#halfFrom(kept.text, username);
  }

  #connectedTo(directory: DirectoryConfiguration, preferred: string | null): Promise<Connected> {
    const name = `${directory.id} ${preferred ?? ''}`;
    const connected = this.#connections.get(name) ?? this.#connect(directory, preferred);
    this.#connections.set(name, connected);
    return connected;
  }

  /** A refused password counts towards a lock-out, whoever sends it: then nobody but the watcher tries. */
  async #connect(directory: DirectoryConfiguration, preferred: string | null): Promise<Connected> {
    const { store, signal } = this.#options;
    if (await isRefused(store, directory.id))
      throw new KeyTrouble(
        `Active Directory refuses the connector's own account (${directory.id}): "connector check" tells why`,
        { ofOne: false },
      );
    try {
      const connection = await connectDirectory({ ...optionsOf(directory), preferred }, signal);
      const { dnsHostName } = await connection.domainController();
      return { connection, host: dnsHostName };
    } catch (error) {
      if (error instanceof DirectoryError && error.countsTowardsLockOut)
        await countRefusal(store, directory.id, { of: 'other' });
      throw error;
    }
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

  /** Where a key for somebody may be that hasn't come to other domain controllers yet, and the note as it stands. */
  async #lastWrite(person: PersonKey): Promise<{ readonly at: KeyWrite | null; readonly raw: string | null }> {
    const { redis, keys } = this.#options.store;
    const { raw, value } = parseStored(keyWrite, keys.userKeysAt, await redis.hget(keys.userKeysAt, person));
    return { raw, at: value !== null && isReplicating(value, Date.now()) ? value : null };
  }

  /**
   * It has to outlive a crash of Redis, and to be the only one: without it, another domain controller would be asked, and get another key.
   * @param instead the note that was there
   */
  async #note(person: PersonKey, { url, host, instead }: Pick<KeyWrite, 'url' | 'host'> & { instead: string | null }) {
    const { store } = this.#options;
    const { userKeysAt } = store.keys;
    const write: KeyWrite = { url, host, atMs: Date.now() };
    const { committed } = await store.commit({
      guards: [{ command: ['HGET', userKeysAt, person], is: instead }],
      writes: [['HSET', userKeysAt, person, JSON.stringify(write)]],
    });
    if (!committed)
      throw new KeyTrouble('another pusher is about to write this key: it is looked for once that is done', {
        ofOne: false,
      });
    await store.makeDurable();
  }
}

/** @throws KeyTrouble where the certificate of its authority isn't where this pusher runs */
function optionsOf(directory: DirectoryConfiguration): ReturnType<typeof connectionOptions> {
  try {
    return connectionOptions(directory);
  } catch (error) {
    throw new KeyTrouble(error instanceof Error ? error.message : String(error), { ofOne: false, cause: error });
  }
}
