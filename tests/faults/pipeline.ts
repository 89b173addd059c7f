/**
 * Redis, a simulator and the services, without a domain: the change log is written by hand. Many runs share the servers,
 * each under a prefix of its own and with a fresh tenant. A service of a run is a process, to be killed or paused, or runs
 * inside the test, which starts at once.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Configuration, parseConfiguration } from '@connector/shared/configuration.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { LogEntry } from '@connector/shared/directory-state.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import { intent, link } from '@connector/shared/plan.ts';
import { basesVersion } from '@connector/shared/policy.ts';
import { type Ringer, ringerOf } from '@connector/shared/queues.ts';
import { Readiness } from '@connector/shared/readiness.ts';
import type { Service } from '@connector/shared/service.ts';
import { openStore, type Store } from '@connector/shared/store.ts';
import { confirmFirstRun } from '@connector/sync/plan/first-run.ts';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { startPusher } from '../../services/pusher/src/pusher.ts';
import { startReconciler } from '../../services/reconciler/src/reconciler.ts';
import { startWatcher } from '../../services/watcher/src/watcher.ts';
import { Program } from '../support/child-process.ts';
import { RedisServer } from '../support/redis-server.ts';
import { type SimulatedCall, Simulator } from '../support/simulator.ts';
import { waitUntil } from '../support/wait-until.ts';

const root = resolve(import.meta.dirname, '../..');
const preload = pathToFileURL(join(import.meta.dirname, 'crash-preload.ts')).href;
const starters = { watcher: startWatcher, reconciler: startReconciler, pusher: startPusher };
export type ServiceName = keyof typeof starters;

/** A call as the log shows it, with what befell it. */
export interface LoggedCall extends SimulatedCall {
  readonly fault: string | null;
  /** `null` while there is no answer, and for a connection that was cut. */
  readonly httpStatus: number | null;
}

export const directoryId = 'corp';

export class Servers implements AsyncDisposable {
  readonly dir: string;
  readonly redis: RedisServer;
  readonly simulator: Simulator;
  #runs = 0;

  private constructor(dir: string, redis: RedisServer, simulator: Simulator) {
    this.dir = dir;
    this.redis = redis;
    this.simulator = simulator;
  }

  static async create({ redisSettings = {} }: { redisSettings?: Record<string, string> } = {}): Promise<Servers> {
    const dir = await mkdtemp(join(tmpdir(), 'faults-'));
    const redis = await RedisServer.create({ dir: join(dir, 'redis'), settings: redisSettings });
    return new Servers(dir, redis, await Simulator.create());
  }

  /** @param tenant what is at LastPass before */
  async run(options: RunOptions = {}): Promise<Run> {
    await this.simulator.faults([]);
    await this.simulator.seed(options.tenant ?? {});
    return Run.begin(this, `run-${++this.#runs}`, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.simulator[Symbol.asyncDispose]();
    await this.redis[Symbol.asyncDispose]();
    await rm(this.dir, { recursive: true, force: true });
  }
}

export interface RunOptions {
  readonly tenant?: object;
  readonly directory?: object;
  /** The configuration's sections on other directories; each has an id. */
  readonly otherDirectories?: readonly object[];
  readonly policy?: object;
  readonly sync?: object;
  readonly lastpass?: object;
  readonly federation?: object;
  readonly console?: object;
  /** Where Redis is, instead of the servers' own. */
  readonly redis?: object;
}

export class Run implements AsyncDisposable {
  readonly store: Store;
  readonly configuration: Configuration;
  /** Sequence of the last call before the run. */
  readonly #callsBefore: number;
  readonly #servers: Servers;
  readonly configFile: string;
  readonly #programs: Program[] = [];
  readonly #inside = new Set<{ readonly stop: () => Promise<void> }>();
  readonly #ringers: {
    readonly changes: Ringer<'directory-changes'>;
    readonly people: Ringer<'people-to-plan'>;
    readonly updates: Ringer<'account-updates'>;
  };
  /** How far the change log of each directory goes. */
  readonly #sequences = new Map<string, number>();
  #lines: string[] = [];

  private constructor(servers: Servers, prefix: string, configFile: string, text: string, callsBefore: number) {
    this.#servers = servers;
    this.configFile = configFile;
    this.#callsBefore = callsBefore;
    this.configuration = parseConfiguration(text, { file: configFile, environment: {} });
    const target = this.configuration.redis;
    this.store = openStore({ target, prefix, name: 'test' });
    const queue = { target, prefix: this.store.keys.queues };
    this.#ringers = {
      changes: ringerOf('directory-changes', queue),
      people: ringerOf('people-to-plan', queue),
      updates: ringerOf('account-updates', queue),
    };
  }

  static async begin(servers: Servers, prefix: string, options: RunOptions): Promise<Run> {
    const { simulator, redis, dir } = servers;
    const { provhash } = await simulator.settings(null);
    const config = {
      directories: [
        {
          id: directoryId,
          urls: ['ldaps://127.0.0.9'],
          bindDn: 'CN=nobody',
          bindPassword: 'Unused-Secret-1!',
          ...options.directory,
        },
        ...(options.otherDirectories ?? []).map((other) => ({
          ...{ urls: ['ldaps://127.0.0.9'], bindDn: 'CN=nobody', bindPassword: 'Unused-Secret-1!' },
          ...other,
        })),
      ],
      lastpass: { apiUrl: simulator.apiUrl, cid: Simulator.cid, provhash, ...options.lastpass },
      redis: { ...(options.redis ?? { url: redis.url }), prefix },
      ...(options.sync ? { sync: options.sync } : {}),
      ...(options.federation ? { federation: options.federation } : {}),
      ...(options.console ? { console: options.console } : {}),
      policy: { guard: { firstCreates: 10_000 }, ...options.policy },
    };
    const text = JSON.stringify(config, null, 2);
    const file = join(dir, `${prefix}.yaml`);
    await writeFile(file, text);
    const run = new Run(servers, prefix, file, text, await simulator.lastCall());
    await confirmFirstRun(run.store); // a first run is not what these tests are about
    return run;
  }

  get simulator(): Simulator {
    return this.#servers.simulator;
  }

  /** Everything that the run's processes have printed. */
  get output(): string {
    return this.#lines.join('\n');
  }

  /** The calls of this run. */
  calls(): Promise<LoggedCall[]> {
    return this.simulator.calls(this.#callsBefore) as Promise<LoggedCall[]>;
  }

  /** Starts a service as a process. */
  process(
    name: ServiceName | 'console',
    { env = {}, crashAt }: { env?: Record<string, string>; crashAt?: string } = {},
  ): Program {
    const crashing = crashAt === undefined ? {} : { NODE_OPTIONS: `--import=${preload}`, CRASH_AT: crashAt };
    const program = new Program({
      command: process.execPath,
      args: ['src/main.ts'],
      cwd: resolve(root, 'services', name),
      env: {
        CONNECTOR_CONFIG: this.configFile,
        CONNECTOR_PORT: '0',
        NODE_COMPILE_CACHE: join(this.#servers.dir, 'compiled'),
        ...crashing,
        ...env,
      },
      onLine: (line) => this.#lines.push(line),
    });
    this.#programs.push(program);
    return program;
  }

  /** Starts a service inside the test; it ends with the run, or before when it is stopped. */
  async inside(
    name: ServiceName,
    { storeAs = (store: Store): Store => store } = {},
  ): Promise<{ readonly stop: () => Promise<void> }> {
    const stop = new AbortController();
    const { redis } = this.configuration;
    const log = pino(
      { level: 'info' },
      { write: (line: string) => void this.#lines.push(`${name} inside: ${line.trimEnd()}`) },
    );
    const store = openStore({ target: redis, prefix: redis.prefix, name });
    const service: Service = {
      name,
      instance: `inside-${Math.random().toString(36).slice(2)}`,
      configuration: this.configuration,
      store: storeAs(store),
      log,
      readiness: new Readiness(log),
      metrics: new Registry(),
      signal: stop.signal,
    };
    const running = await starters[name](service);
    const started = {
      stop: async () => {
        this.#inside.delete(started);
        stop.abort();
        await running.close();
        store.close();
      },
    };
    this.#inside.add(started);
    return started;
  }

  /** Appends to the change log, as a watcher would. */
  async append(...entries: LogEntry[]): Promise<void> {
    await this.appendTo(directoryId, ...entries);
  }

  /** The same to that of one of several directories. */
  async appendTo(directory: string, ...entries: LogEntry[]): Promise<void> {
    const { log } = this.store.keys.directory(directory);
    for (const entry of entries) {
      const sequence = (this.#sequences.get(directory) ?? 0) + 1;
      this.#sequences.set(directory, sequence);
      await this.store.redis.xadd(log, `${sequence}-0`, 'entry', JSON.stringify(entry));
    }
    await this.ring();
  }

  /** Appends a complete full read of these objects; the bases are given by objectGUID. */
  async appendFullRead(
    changes: readonly DirectoryChange[],
    { users, groups, generation = 1 }: { users: string; groups: string; generation?: number },
  ): Promise<void> {
    const [directory] = this.configuration.directories;
    const version = basesVersion(directory ?? { userBases: [], groupBases: [] });
    await this.append(
      { type: 'begin', generation, gap: false, bases: { version, users: [users], groups: [groups], missing: [] } },
      { type: 'page', generation, changes: [...changes] },
      { type: 'listed', generation },
      { type: 'end', generation },
    );
  }

  /**
   * Goes on where the log is by now, as a watcher does, whose place is in Redis too.
   * @returns whether Redis has lost entries, which are to be appended anew
   */
  async findPlace(): Promise<boolean> {
    const { log } = this.store.keys.directory(directoryId);
    const isThere = (await this.store.redis.exists(log)) === 1;
    const found = isThere ? ((await this.store.redis.xinfo('STREAM', log)) as string[]) : [];
    const sequence = isThere ? Number.parseInt(found[found.indexOf('last-generated-id') + 1] ?? '', 10) : 0;
    const isLost = sequence < (this.#sequences.get(directoryId) ?? 0);
    this.#sequences.set(directoryId, sequence);
    return isLost;
  }

  /** Lets the time pass that creates wait for after Redis has forgotten something. */
  async forgottenCreatesSettle(): Promise<void> {
    const { redis, keys } = this.store;
    const { raw: _, ...timeline } = await this.store.notice();
    await redis.set(keys.timeline, JSON.stringify({ ...timeline, openedAtMs: 1 }));
    await this.store.notice();
    await this.allIsDue();
  }

  /** Rings every queue. */
  async ring(): Promise<void> {
    const { changes, people, updates } = this.#ringers;
    const applied = this.#directories.map((directory) => changes.ring({ directory }));
    await Promise.all([...applied, people.ring({}), updates.ring({})]);
  }

  /** Ids of all directories. */
  get #directories(): string[] {
    return this.configuration.directories.map(({ id }) => id);
  }

  /** Lets the time pass after which another watcher takes over. */
  async leaseExpires(): Promise<void> {
    await this.store.redis.del(this.store.keys.directory(directoryId).lease);
  }

  /**
   * Lets the time pass after which others take over what killed pushers held: claims expire, a create that was sent
   * or a disabling or removal settles, whoever was to be tried again later is due. Not while a pusher is running.
   */
  async claimsExpire(): Promise<void> {
    const { redis, keys } = this.store;
    const alive = await redis.keys(keys.alive('*'));
    await redis.del(keys.accountsReader, ...alive);
    for (const [person, raw] of Object.entries(await redis.hgetall(keys.intents))) {
      const sent = intent.parse(JSON.parse(raw));
      await redis.hset(keys.intents, person, JSON.stringify({ ...sent, settlesAtMs: 0 }));
    }
    for (const [person, raw] of Object.entries(await redis.hgetall(keys.links))) {
      const sent = link.parse(JSON.parse(raw));
      if (sent.settlesAtMs !== undefined)
        await redis.hset(keys.links, person, JSON.stringify({ ...sent, settlesAtMs: 0 }));
    }
    await this.allIsDue();
  }

  /** Whoever was to be tried again later is tried again now. */
  async allIsDue(): Promise<void> {
    const { redis, keys } = this.store;
    for (const line of [keys.toDeliver, keys.leavers])
      for (const person of await redis.zrange(line, '0', '-1')) await redis.zadd(line, 'XX', 'LT', 1, person);
  }

  /** Whether an object is in the generation in use. */
  async isMirrored(guid: string, directory: string = directoryId): Promise<boolean> {
    const { redis, keys } = this.store;
    const current = await currentGeneration(this.store, directory);
    if (current === null) return false;
    return (await redis.hexists(keys.directory(directory).mirror(current.generation).objects, guid)) === 1;
  }

  /** Waits until nothing is outstanding. */
  async quiet({ withinMs = 30_000, everyMs = 10 } = {}): Promise<void> {
    const { redis, keys } = this.store;
    await waitUntil(
      'everything outstanding to be done',
      async () => {
        const counts = await Promise.all([
          this.#ofAll((directory) => redis.xlen(keys.directory(directory).log)),
          this.#ofAll(async (directory) => ((await currentGeneration(this.store, directory)) === null ? 1 : 0)),
          redis.exists(keys.accountsRead).then((there) => 1 - there),
          redis.zcard(keys.toPlan),
          redis.zcard(keys.waiting),
          redis.hlen(keys.claims),
          redis.hlen(keys.intents),
          redis.zcount(keys.toDeliver, '-inf', Date.now() + 120_000),
        ]);
        if (counts.some((count) => count > 0))
          throw new Error(
            `log, mirror, accounts, plan, waiting, claims, intents, deliver: ${counts.join(' ')}\n${this.#lines.slice(-12).join('\n')}`,
          );
        return true;
      },
      { withinMs, everyMs },
    );
  }

  /** Waits until nobody is at anything, whoever waits for a time to pass aside. */
  async rest(): Promise<void> {
    const { redis, keys } = this.store;
    await waitUntil('nothing to be done now', async () => {
      const counts = await Promise.all([
        this.#ofAll((directory) => redis.xlen(keys.directory(directory).log)),
        redis.zcard(keys.toPlan),
        redis.zcard(keys.waiting),
        redis.hlen(keys.claims),
        redis.zcount(keys.toDeliver, '-inf', Date.now()),
      ]);
      return counts.every((count) => count === 0);
    });
  }

  /** What is counted of each directory, together. */
  async #ofAll(count: (directory: string) => Promise<number>): Promise<number> {
    return (await Promise.all(this.#directories.map(count))).reduce((sum, each) => sum + each, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => (program.running ? program.kill() : null)));
    await Promise.all([...this.#inside].map(({ stop }) => stop()));
    await Promise.all(Object.values(this.#ringers).map((ringer) => ringer.close()));
    this.store.close();
  }
}
