/** Everything that the demo runs on, each part real but LastPass: a domain, Redis, the simulator, and the services. */
import { chmod, chown, copyFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openStore, type Store } from '@connector/shared/store.ts';
import { stringify } from 'yaml';
import { Program } from '../tests/support/child-process.ts';
import { DirectoryAdmin } from '../tests/support/directory-admin.ts';
import { freePort, RedisServer } from '../tests/support/redis-server.ts';
import { SambaDomain } from '../tests/support/samba-domain.ts';
import { Simulator } from '../tests/support/simulator.ts';
import { ldifOf, ouDn } from './ldif.ts';
import type { Organisation } from './organisation.ts';
import { filterGroup } from './seed/company.ts';
import { initialTenant } from './seed/initial-accounts.ts';
import { groupsOu, peopleOu } from './seed/units.ts';

const root = resolve(import.meta.dirname, '..');
/** The id of the demo's directory. */
export const directoryId = 'corp';
const serviceNames = ['watcher', 'reconciler', 'pusher'] as const;
const usualPorts = { simulator: 8081, watcher: 9101, reconciler: 9102, pusher: 9103 };
export type Ports = typeof usualPorts;

/** Whether nobody listens there. */
const isFree = (port: number) =>
  new Promise<boolean>((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });

/** The usual ports, and other ones in place of those that are taken. */
async function freePorts(): Promise<Ports> {
  const ports = { ...usualPorts };
  for (const name of Object.keys(ports) as (keyof Ports)[])
    if (!(await isFree(ports[name]))) ports[name] = await freePort();
  return ports;
}

interface Parts {
  readonly dir: string;
  readonly domain: SambaDomain;
  readonly admin: DirectoryAdmin;
  readonly redis: RedisServer;
  readonly simulator: Simulator;
  readonly store: Store;
  readonly ports: Ports;
}

export interface StageOptions {
  readonly company: Organisation;
  /** Hears what is being done. */
  readonly onStep: (text: string) => void;
}

export class Stage implements AsyncDisposable {
  readonly dir: string;
  readonly domain: SambaDomain;
  readonly admin: DirectoryAdmin;
  readonly redis: RedisServer;
  readonly simulator: Simulator;
  readonly store: Store;
  readonly ports: Ports;
  /** The services' configuration, which the `connector` command reads too. */
  readonly configFile: string;
  readonly caFile: string;
  readonly #stack: AsyncDisposableStack;
  readonly #services: Program[] = [];

  private constructor(parts: Parts, stack: AsyncDisposableStack) {
    this.dir = parts.dir;
    this.domain = parts.domain;
    this.admin = parts.admin;
    this.redis = parts.redis;
    this.simulator = parts.simulator;
    this.store = parts.store;
    this.ports = parts.ports;
    this.configFile = join(parts.dir, 'connector.yaml');
    this.caFile = join(parts.dir, 'ca.pem');
    this.#stack = stack;
  }

  /** Starts all but the services. What was started is ended again when a later part fails. */
  static async create({ company, onStep }: StageOptions): Promise<Stage> {
    await using stack = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'connector-demo-'));
    stack.defer(() => rm(dir, { recursive: true, force: true }));
    onStep('starting an Active Directory domain (Samba) …');
    const domain = stack.use(await SambaDomain.create({ dir: join(dir, 'domain') }));
    onStep(`filling it with ${company.people.size} people …`);
    const admin = stack.use(new DirectoryAdmin(domain));
    const account = await domain.createServiceAccount({ name: 'svc-lastpass', password: 'Secret123!svc' });
    await domain.load(ldifOf(company, domain.baseDn));
    onStep('starting Redis and the LastPass simulator …');
    const redis = stack.use(await RedisServer.create({ dir: join(dir, 'redis') }));
    const ports = await freePorts();
    const simulator = stack.use(await Simulator.create({ port: ports.simulator }));
    await simulator.seed(initialTenant);
    const store = openStore({ target: { url: redis.url }, prefix: 'connector', name: 'demo' });
    stack.defer(() => store.close());
    const stage = new Stage({ dir, domain, admin, redis, simulator, store, ports }, stack.move());
    try {
      await stage.#configure(account);
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
    return stage;
  }

  /** Starts the three services; what they print goes to files in `dir`. */
  async startServices(): Promise<void> {
    for (const name of serviceNames) {
      const log = this.#stack.adopt(await open(join(this.dir, `${name}.log`), 'a'), (file) => file.close());
      const service = new Program({
        command: process.execPath,
        args: ['src/main.ts'],
        cwd: resolve(root, 'services', name),
        env: { CONNECTOR_CONFIG: this.configFile },
        onLine: (line) => void log.write(`${line}\n`),
      });
      this.#services.push(service);
    }
  }

  /** Runs the `connector` command. @throws Error with what it said when it fails */
  async connector(...args: string[]): Promise<string> {
    await using command = new Program({
      command: process.execPath,
      args: [resolve(root, 'services/console/src/connector.ts'), ...args],
      env: { CONNECTOR_CONFIG: this.configFile },
    });
    const code = await command.ended;
    if (code !== 0) throw new Error(`connector ${args.join(' ')} ended with ${code}: ${command.output}`);
    return command.outLines.join('\n');
  }

  /** The end of each service's log. */
  get serviceOutput(): string {
    return serviceNames
      .map((name, index) => `${name}:\n${this.#services[index]?.lines.slice(-5).join('\n')}`)
      .join('\n');
  }

  /** @throws Error when a service has ended by itself */
  checkServices(): void {
    const ended = this.#services.findIndex((service) => !service.running);
    if (ended >= 0)
      throw new Error(`the ${serviceNames[ended]} has ended:\n${this.#services[ended]?.lines.slice(-5).join('\n')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#services.map((service) => service[Symbol.asyncDispose]()));
    await this.#stack.disposeAsync();
  }

  async #configure(account: { dn: string; password: string }): Promise<void> {
    const { baseDn, ldapsUrl } = this.domain;
    const { provhash } = await this.simulator.settings(null);
    const { simulator: _, ...http } = this.ports;
    const configuration = {
      directories: [
        {
          id: directoryId,
          urls: [ldapsUrl],
          bindDn: account.dn,
          bindPassword: account.password,
          tls: { caFile: this.caFile },
          userBases: [ouDn(peopleOu, baseDn), ouDn([], baseDn)],
          groupBases: [ouDn(groupsOu, baseDn)],
        },
      ],
      lastpass: { apiUrl: this.simulator.apiUrl, cid: Simulator.cid, provhash },
      redis: { url: this.redis.url },
      policy: { groupFilter: [filterGroup], memberships: 'all' },
      http,
    };
    await copyFile(this.domain.caFile, this.caFile);
    await writeFile(this.configFile, stringify(configuration), { mode: 0o600 });
    await letUserRead(this.dir, this.configFile, this.caFile);
  }
}

/** Started through sudo, the demo runs as root; whoever started it should be able to use `npx connector`. */
async function letUserRead(...paths: string[]): Promise<void> {
  const { SUDO_UID: user, SUDO_GID: group } = process.env;
  if (user === undefined || group === undefined) return;
  for (const path of paths) await chown(path, Number(user), Number(group));
  await chmod(paths[0] ?? '', 0o755);
}
