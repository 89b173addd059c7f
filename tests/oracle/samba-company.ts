/**
 * A company whose directory is a real one, followed by several connectors side by side, each with a policy, a Redis and a
 * LastPass of its own. Their watchers stand still while a round of operations is carried out, so that all see the same moment.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { personKey } from '@connector/shared/keys.ts';
import { founding } from '../acceptance/company.ts';
import { DirectoryHands } from '../acceptance/directory-hands.ts';
import { DirectoryModel, type Operation, root } from '../acceptance/directory-model.ts';
import { directoryId, Servers } from '../faults/pipeline.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { waitUntil } from '../support/wait-until.ts';
import { basesBelow, excluded, scope } from './change-log-company.ts';
import { Connector } from './connector.ts';
import type { Policy } from './rules.ts';
import type { Switches } from './switches.ts';

export interface SambaCompanyOptions {
  /** One connector for each. */
  readonly settings: readonly { readonly policy: Policy; readonly switches: Switches }[];
  /** Each one's LastPass before. */
  readonly before: object;
  readonly people: number;
}

const arrivesWithinMs = 30_000;

export class SambaCompany implements AsyncDisposable {
  readonly connectors: readonly Connector[];
  readonly directory: DirectoryModel;
  /** Everything that happened in the directory. */
  readonly operations: Operation[] = [];
  readonly #hands: DirectoryHands;
  readonly #resources: AsyncDisposableStack;
  #markers = 0;

  private constructor(
    resources: AsyncDisposableStack,
    parts: { connectors: readonly Connector[]; directory: DirectoryModel; hands: DirectoryHands },
  ) {
    this.#resources = resources;
    this.connectors = parts.connectors;
    this.directory = parts.directory;
    this.#hands = parts.hands;
  }

  /** Everything is there and has arrived. */
  static async create({ settings, before, people }: SambaCompanyOptions): Promise<SambaCompany> {
    await using resources = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'oracle-'));
    resources.defer(() => rm(dir, { recursive: true, force: true }));
    const domain = resources.use(await SambaDomain.create({ dir: join(dir, 'domain') }));
    const account = await domain.createServiceAccount({ name: 'svc-lastpass', password: 'Secret123!svc' });
    const login = {
      urls: [domain.ldapsUrl],
      bindDn: account.dn,
      bindPassword: account.password,
      tls: { caFile: domain.caFile },
    };
    const directory = new DirectoryModel();
    const hands = resources.use(new DirectoryHands(domain));
    const connectors: Connector[] = [];
    for (const setting of settings) {
      const servers = resources.use(await Servers.create());
      const connector = await Connector.create(servers, {
        ...setting,
        ...{ scope, before, model: directory },
        directory: { ...login, ...basesBelow(domain.baseDn) },
        keyOf: (id) => personKey(directoryId, hands.guidOf(id)),
      });
      connectors.push(resources.use(connector));
    }
    const company = new SambaCompany(resources.move(), { connectors, directory, hands });
    try {
      await company.perform([...founding(people), ...excluded]);
      await company.happen();
      return company;
    } catch (error) {
      await company[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Carries operations out, unseen. */
  async perform(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) await this.#perform(operation);
    for (const connector of this.connectors) connector.note(operations);
  }

  /** Lets the connectors see what was done, and waits until each LastPass is what its oracle says. */
  async happen(): Promise<void> {
    const marker = `marker-${++this.#markers}`;
    await this.#perform({ kind: 'create-ou', ou: marker, name: marker, above: root });
    const watchers = await Promise.all(this.connectors.map(({ run }) => run.inside('watcher')));
    try {
      await Promise.all(this.connectors.map((connector) => this.#arrived(connector, marker)));
    } finally {
      await Promise.all(watchers.map((watcher) => watcher.stop()));
    }
    for (const connector of this.connectors) await connector.check();
  }

  async #perform(operation: Operation): Promise<void> {
    try {
      await this.#hands.perform(operation);
    } catch (cause) {
      throw new Error(`the directory refused ${JSON.stringify(operation)}`, { cause });
    }
    this.directory.apply(operation);
    this.operations.push(operation);
  }

  async #arrived(connector: Connector, marker: string): Promise<void> {
    const guid = this.#hands.guidOf(marker);
    await waitUntil(`${marker} in the mirror`, () => connector.run.isMirrored(guid), { withinMs: arrivesWithinMs });
    await connector.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}
