/** Everything at once, for real but LastPass: a domain, Redis, the simulator, and the services as processes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Cursor, cursor, mirrorState } from '@connector/shared/directory-state.ts';
import type { policy } from '@connector/shared/policy.ts';
import { openStore, parseStored, type Store } from '@connector/shared/store.ts';
import { confirmFirstRun } from '@connector/sync/plan/first-run.ts';
import type { z } from 'zod';
import { Program } from './child-process.ts';
import { DirectoryAdmin } from './directory-admin.ts';
import { RedisServer } from './redis-server.ts';
import { SambaDomain, type ServiceAccount } from './samba-domain.ts';
import { Simulator } from './simulator.ts';
import { waitUntil } from './wait-until.ts';

const root = resolve(import.meta.dirname, '../..');
export type ServiceName = 'watcher' | 'reconciler' | 'pusher' | 'console';
/** Those that sync. */
export const serviceNames: readonly ServiceName[] = ['watcher', 'reconciler', 'pusher'];

export interface StackOptions {
  /** What the domain holds to begin with, as a file of `SambaDomain.snapshot`. */
  readonly snapshot?: string;
  /** Entries of the domain besides Samba's own. */
  readonly ldif?: (baseDn: string) => string;
  /** What the directory's section says besides where it is. */
  readonly directory?: (baseDn: string) => object;
  /** Stands between the connector and the domain controller, at the address given; disposed of with the stack. */
  readonly front?: (domain: SambaDomain) => Promise<AsyncDisposable & { readonly ldapsUrl: string }>;
  readonly policy?: z.input<typeof policy>;
  readonly sync?: object;
  readonly audit?: object;
  readonly lastpass?: object;
  readonly redisSettings?: Record<string, string>;
  readonly onLine?: (service: string, line: string) => void;
}

/** A first run is not what a test is about, unless it names `firstCreates`: it is confirmed before it begins, and unlimited. */
const beyondFirstRun = (rules: z.input<typeof policy>) => ({
  ...rules,
  guard: { firstCreates: 10_000, ...rules.guard },
});

/** The id of the stack's directory. */
export const directoryId = 'corp';

export class Stack implements AsyncDisposable {
  readonly dir: string;
  readonly domain: SambaDomain;
  /** DN of the account that reads the directory. */
  readonly accountDn: string;
  readonly accountPassword: string;
  /** Where the connector is told that the directory is. */
  readonly frontUrl: string;
  readonly admin: DirectoryAdmin;
  readonly redis: RedisServer;
  readonly simulator: Simulator;
  readonly store: Store;
  readonly configFile: string;
  readonly #options: StackOptions;
  readonly #services = new Map<string, Program>();
  readonly #closers: (() => Promise<unknown>)[];
  readonly #config: { directories: object[]; lastpass: object };

  private constructor(parts: {
    dir: string;
    domain: SambaDomain;
    account: ServiceAccount;
    frontUrl: string;
    admin: DirectoryAdmin;
    redis: RedisServer;
    simulator: Simulator;
    closers: (() => Promise<unknown>)[];
    config: { directories: object[]; lastpass: object };
    options: StackOptions;
  }) {
    this.dir = parts.dir;
    this.domain = parts.domain;
    this.accountDn = parts.account.dn;
    this.accountPassword = parts.account.password;
    this.frontUrl = parts.frontUrl;
    this.admin = parts.admin;
    this.redis = parts.redis;
    this.simulator = parts.simulator;
    this.#closers = parts.closers;
    this.#config = parts.config;
    this.#options = parts.options;
    this.configFile = join(parts.dir, 'connector.yaml');
    this.store = openStore({ target: { url: parts.redis.url }, prefix: 'connector', name: 'test' });
  }

  static async create(options: StackOptions = {}): Promise<Stack> {
    const dir = await mkdtemp(join(tmpdir(), 'connector-'));
    const closers: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
    try {
      const domain = await SambaDomain.create({ dir: join(dir, 'domain'), snapshot: options.snapshot });
      closers.unshift(() => domain[Symbol.asyncDispose]());
      const account = await domain.createServiceAccount({ name: 'svc-lastpass', password: 'Secret123!svc' });
      if (options.ldif) await domain.load(options.ldif(domain.baseDn));
      const front = await options.front?.(domain);
      if (front) closers.unshift(async () => await front[Symbol.asyncDispose]());
      const frontUrl = (front ?? domain).ldapsUrl;
      const admin = new DirectoryAdmin(domain);
      closers.unshift(() => admin[Symbol.asyncDispose]());
      const redis = await RedisServer.create({ dir: join(dir, 'redis'), settings: options.redisSettings ?? {} });
      closers.unshift(() => redis[Symbol.asyncDispose]());
      const simulator = await Simulator.create();
      closers.unshift(() => simulator[Symbol.asyncDispose]());
      const { provhash } = await simulator.settings(null);
      const config = {
        directories: [
          {
            id: directoryId,
            urls: [frontUrl],
            bindDn: account.dn,
            bindPassword: account.password,
            tls: { caFile: domain.caFile },
            ...options.directory?.(domain.baseDn),
          },
        ],
        lastpass: { apiUrl: simulator.apiUrl, cid: Simulator.cid, provhash, ...options.lastpass },
        redis: { url: redis.url },
        ...(options.sync ? { sync: options.sync } : {}),
        ...(options.audit ? { audit: options.audit } : {}),
        policy: beyondFirstRun(options.policy ?? {}),
      };
      const stack = new Stack({
        dir,
        domain,
        account,
        frontUrl,
        admin,
        redis,
        simulator,
        closers,
        config,
        options,
      });
      await stack.configure({});
      if (options.policy?.guard?.firstCreates === undefined) await confirmFirstRun(stack.store);
      return stack;
    } catch (error) {
      for (const close of closers) await close();
      throw error;
    }
  }

  get keys() {
    return this.store.keys;
  }

  /** Writes the configuration, with some of its sections changed. YAML takes JSON. */
  async configure(changes: object): Promise<void> {
    Object.assign(this.#config, changes);
    await writeFile(this.configFile, JSON.stringify(this.#config, null, 2));
  }

  /** Changes what the directory's section says. */
  async configureDirectory(changes: object): Promise<void> {
    const [directory, ...others] = this.#config.directories;
    await this.configure({ directories: [{ ...directory, ...changes }, ...others] });
  }

  /** Adds the section of another directory. */
  async addDirectory(section: object): Promise<void> {
    await this.configure({ directories: [...this.#config.directories, section] });
  }

  /** Changes where the services find what they talk to. */
  async configureEnds({ directory, lastpass, redis }: { directory: object; lastpass: object; redis: object }) {
    await this.configureDirectory(directory);
    await this.configure({ lastpass: { ...this.#config.lastpass, ...lastpass }, redis });
  }

  /** Starts a service; `replica` tells several of a kind apart. */
  start(
    name: ServiceName,
    { replica = '', env = {} }: { replica?: string; env?: Record<string, string> } = {},
  ): Program {
    const program = new Program({
      command: process.execPath,
      args: ['--max-semi-space-size=16', 'src/main.ts'], // as everything that we ship starts it
      cwd: resolve(root, 'services', name),
      env: { CONNECTOR_CONFIG: this.configFile, CONNECTOR_PORT: '0', ...env },
      onLine: (line) => this.#options.onLine?.(name, line),
    });
    this.#services.set(name + replica, program);
    return program;
  }

  /** Starts those that sync. */
  startAll(): void {
    for (const name of serviceNames) this.start(name);
  }

  service(name: string): Program {
    const found = this.#services.get(name);
    if (!found) throw new Error(`${name} wasn't started`);
    return found;
  }

  async stop(name: string): Promise<void> {
    await this.service(name).stop();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#services.values()].map((program) => (program.running ? program.stop() : null)));
  }

  /** The `connector` command. */
  command(...args: string[]): Program {
    return new Program({
      command: process.execPath,
      args: [resolve(root, 'services/console/src/connector.ts'), ...args],
      env: { CONNECTOR_CONFIG: this.configFile },
    });
  }

  /** Makes a change in the directory that means nothing, and waits until it and everything before it has arrived. */
  async settled({ withinMs = 60_000 } = {}): Promise<void> {
    await this.planned({ withinMs });
    await this.quiet({ withinMs });
  }

  /** The same, but what is to be delivered may wait. */
  async planned({ withinMs = 60_000 } = {}): Promise<void> {
    const marker = await this.admin.createOu({ name: `marker-${Math.random().toString(36).slice(2)}` });
    await waitUntil('the marker in the mirror', () => this.#isMirrored(marker), { withinMs });
    const { redis, keys } = this.store;
    const isPlanned = async () => (await redis.zcard(keys.toPlan)) + (await redis.zcard(keys.waiting)) === 0;
    await waitUntil('everybody to be planned', isPlanned, { withinMs });
  }

  /** Where the watcher is in its reading. @throws Error before it has begun */
  async cursor(): Promise<Cursor> {
    const { cursor: key } = this.keys.directory(directoryId);
    const { value } = parseStored(cursor, key, await this.store.redis.get(key));
    if (value === null) throw new Error('nothing of the directory was read yet');
    return value;
  }

  /** Has the whole directory read afresh, as `connector sync` does, and waits until it is. */
  async readDirectoryAgain({ withinMs = 60_000 } = {}): Promise<void> {
    const request = `test ${performance.now()}`;
    await this.store.redis.hset(this.keys.requests, 'full-read', request);
    const isAnswered = async () => (await this.cursor()).answered === request;
    await waitUntil('the whole directory to be read again', isAnswered, { withinMs });
    await this.settled({ withinMs });
  }

  async #isMirrored(guid: string): Promise<boolean> {
    const keys = this.keys.directory(directoryId);
    const state = parseStored(mirrorState, keys.mirrorState, await this.store.redis.get(keys.mirrorState)).value;
    return state?.current
      ? (await this.store.redis.hexists(keys.mirror(state.current.generation).objects, guid)) === 1
      : false;
  }

  /** Waits until nothing is outstanding anywhere. */
  async quiet({ withinMs = 60_000 } = {}): Promise<void> {
    const { redis, keys } = this.store;
    await waitUntil(
      'everything outstanding to be done',
      async () => {
        const counts = await Promise.all([
          redis.xlen(keys.directory(directoryId).log),
          redis.zcard(keys.toPlan),
          redis.zcard(keys.waiting),
          redis.hlen(keys.claims),
          redis.hlen(keys.intents),
          redis.zcount(keys.toDeliver, '-inf', Date.now() + 120_000),
        ]);
        if (counts.some((count) => count > 0))
          throw new Error(`outstanding (log, plan, waiting, claims, intents, deliver): ${counts.join(' ')}`);
        return true;
      },
      { withinMs },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopAll();
    this.store.close();
    for (const close of this.#closers) await close();
  }
}
