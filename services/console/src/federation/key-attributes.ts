/** Keys in the confidential attribute of each user, as this machine may read them. */
import { connectDirectory, type DirectoryConnection } from '@connector/active-directory/connection.ts';
import { type FragmentId, fragmentIdOf } from '@connector/federation/derived.ts';
import { CompanyHalf, KeyHalfError } from '@connector/federation/key-halves.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import type { Session } from '../session.ts';

/** What K1 somebody has now, by its fragment id; or what keeps it from being known. */
export type KeyNow = { readonly fragmentId: FragmentId } | { readonly problem: string };

/** A directory is connected to when somebody of it is asked about. */
export class KeyAttributes implements AsyncDisposable {
  readonly #configuration: Session['configuration'];
  readonly #signal: AbortSignal;
  readonly #connections = new Map<string, Promise<DirectoryConnection>>();

  constructor(configuration: Session['configuration'], signal: AbortSignal) {
    this.#configuration = configuration;
    this.#signal = signal;
  }

  /** @throws DirectoryError */
  async fragmentOf(person: PersonKey): Promise<KeyNow> {
    const { directory: id, guid } = partsOfPerson(person);
    const directory = this.#configuration.directories.find((each) => each.id === id);
    const attribute = this.#configuration.federation?.attribute;
    if (directory === undefined || attribute === undefined)
      return { problem: 'where their key is isn’t named here: write federation.attribute' };
    const opened = this.#connections.get(id) ?? connectDirectory(connectionOptions(directory), this.#signal);
    this.#connections.set(id, opened);
    const text = await (await opened).readSecret({ guid, attribute });
    if (text === null)
      return {
        problem: `${attribute} is empty, or may not be read: restore it from a backup of the domain, or see "connector check"`,
      };
    try {
      using k1 = CompanyHalf.from(text);
      return { fragmentId: fragmentIdOf(k1) };
    } catch (error) {
      if (!(error instanceof KeyHalfError)) throw error;
      return { problem: `${attribute} holds no key, as what is in it ${error.message}` };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of await Promise.allSettled(this.#connections.values()))
      if (one.status === 'fulfilled') await one.value.close();
  }
}
