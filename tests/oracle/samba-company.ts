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
import { DirectoryModel, type Id, known, type Operation } from '../acceptance/directory-model.ts';
import { Servers } from '../faults/pipeline.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { waitUntil } from '../support/wait-until.ts';
import { basesBelow, type CompanyOptions, excluded, scope, scopeOfTwo } from './change-log-company.ts';
import { Connector } from './connector.ts';
import {
  corp,
  type Domain,
  domainOf,
  domainOfOperation,
  domains,
  idIn,
  inDomain,
  labs,
  secondRoot,
} from './domains.ts';
import type { Policy } from './rules.ts';
import type { Switches } from './switches.ts';

export interface SambaCompanyOptions {
  /** One connector for each. */
  readonly settings: readonly { readonly policy: Policy; readonly switches: Switches }[];
  /** Each one's LastPass before. */
  readonly before: object;
  readonly people: number;
  /** There is a second domain; see `CompanyOptions`. */
  readonly second?: CompanyOptions['second'];
}

const arrivesWithinMs = 30_000;
const password = 'Secret123!svc';

/** A domain controller, the configuration's section on it, and who works on it. */
interface RealDomain {
  readonly section: object;
  readonly hands: DirectoryHands;
}

async function realDomain(
  resources: AsyncDisposableStack,
  {
    dir,
    domain,
    groupPrefixes = {},
  }: { dir: string; domain: Domain; groupPrefixes?: Readonly<Record<string, string>> },
): Promise<RealDomain> {
  const { directory: id, mark } = domain;
  const realm = domain === corp ? {} : { realm: 'OTHER.TEST' };
  const server = resources.use(await SambaDomain.create({ dir: join(dir, id), ...realm }));
  const account = await server.createServiceAccount({ name: 'svc-lastpass', password });
  const section = {
    id,
    urls: [server.ldapsUrl],
    bindDn: account.dn,
    bindPassword: account.password,
    tls: { caFile: server.caFile },
    groupPrefix: groupPrefixes[id] ?? '',
    ...basesBelow(server.baseDn),
  };
  return { section, hands: resources.use(new DirectoryHands(server, mark)) };
}

export class SambaCompany implements AsyncDisposable {
  readonly connectors: readonly Connector[];
  readonly directory: DirectoryModel;
  /** Everything that happened in the directory. */
  readonly operations: Operation[] = [];
  readonly #real: ReadonlyMap<Domain, RealDomain>;
  readonly #resources: AsyncDisposableStack;
  #markers = 0;

  private constructor(
    resources: AsyncDisposableStack,
    parts: { connectors: readonly Connector[]; directory: DirectoryModel; real: ReadonlyMap<Domain, RealDomain> },
  ) {
    this.#resources = resources;
    this.connectors = parts.connectors;
    this.directory = parts.directory;
    this.#real = parts.real;
  }

  /** Everything is there and has arrived. */
  static async create({ settings, before, people, second }: SambaCompanyOptions): Promise<SambaCompany> {
    await using resources = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'oracle-'));
    resources.defer(() => rm(dir, { recursive: true, force: true }));
    const real = new Map<Domain, RealDomain>();
    for (const domain of second ? domains : [corp])
      real.set(domain, await realDomain(resources, { dir, domain, groupPrefixes: second?.groupPrefixes ?? {} }));
    const directory = new DirectoryModel();
    const keyOf = (id: Id) => personKey(domainOf(id).directory, known(real, domainOf(id)).hands.guidOf(id));
    const [first, ...others] = [...real.values()].map(({ section }) => section);
    const connectors: Connector[] = [];
    for (const setting of settings) {
      const servers = resources.use(await Servers.create());
      const connector = await Connector.create(servers, {
        ...{ ...setting, before, keyOf, model: directory },
        scope: second ? scopeOfTwo(second.groupPrefixes) : scope,
        directory: first ?? {},
        otherDirectories: others,
      });
      connectors.push(resources.use(connector));
    }
    const company = new SambaCompany(resources.move(), { connectors, directory, real });
    try {
      await company.perform([...founding(people), ...excluded]);
      if (second) {
        directory.apply(secondRoot);
        await company.perform(second.begins.map((operation) => inDomain(labs, operation)));
      }
      await company.happen();
      return company;
    } catch (error) {
      await company[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Carries operations out, unseen. Between two moments only in one of the domains, whose watchers don't wait for each other. */
  async perform(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) await this.#perform(operation);
    for (const connector of this.connectors) connector.note(operations);
  }

  /** Lets the connectors see what was done, and waits until each LastPass is what its oracle says. */
  async happen(): Promise<void> {
    const number = ++this.#markers;
    const markers = [...this.#real.keys()].map((domain) => ({ domain, ou: idIn(domain, `marker-${number}`) }));
    for (const { domain, ou } of markers)
      await this.#perform({ kind: 'create-ou', ou, name: `marker-${number}`, above: domain.mark });
    const watchers = await Promise.all(this.connectors.map(({ run }) => run.inside('watcher')));
    try {
      await Promise.all(
        this.connectors.map(async (connector) => {
          for (const { domain, ou } of markers) await this.#arrived(connector, domain, ou);
          await connector.settle();
        }),
      );
    } finally {
      await Promise.all(watchers.map((watcher) => watcher.stop()));
    }
    for (const connector of this.connectors) await connector.check();
  }

  async #perform(operation: Operation): Promise<void> {
    try {
      await known(this.#real, domainOfOperation(operation)).hands.perform(operation);
    } catch (cause) {
      throw new Error(`the directory refused ${JSON.stringify(operation)}`, { cause });
    }
    this.directory.apply(operation);
    this.operations.push(operation);
  }

  async #arrived({ run }: Connector, domain: Domain, marker: string): Promise<void> {
    const guid = known(this.#real, domain).hands.guidOf(marker);
    const isMirrored = () => run.isMirrored(guid, domain.directory);
    await waitUntil(`${marker} in the mirror`, isMirrored, { withinMs: arrivesWithinMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}
