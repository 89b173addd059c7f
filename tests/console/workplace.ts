/** Where the `connector` command is tried: a Redis of its own, a configuration, and people as services would have left them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { firstCursor, firstMirrorState } from '@connector/shared/directory-state.ts';
import type { Condition, Plan } from '@connector/shared/plan.ts';
import { basesVersion } from '@connector/shared/policy.ts';
import { openStore, type Store } from '@connector/shared/store.ts';
import type { MirrorObject } from '@connector/sync/mirror/mirror-object.ts';
import { Program } from '../support/child-process.ts';
import { RedisServer } from '../support/redis-server.ts';

const root = resolve(import.meta.dirname, '../..');

/** The plan of somebody who would be disabled, and whom the guard holds. @param name tells them from others */
export const heldPlan = (name: string, changes: Partial<Plan> = {}): Plan => ({
  username: `${name}@x.org`,
  name: `Person ${name}`,
  steps: [{ kind: 'disable', because: 'was deleted in Active Directory' }],
  guarded: `digest-${name}`,
  cleared: false,
  mustHold: null,
  certain: false,
  heldBecause: 'too many at once',
  inputs: { touched: 1, account: null, policy: 'p' },
  madeAtMs: 1,
  ...changes,
});

/** How a run of the command ended. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export const guidOf = (digit: string): string => `${digit.repeat(8)}-0000-0000-0000-${digit.repeat(12)}`;

export class Workplace implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly store: Store;
  readonly configFile: string;
  readonly #dir: string;

  private constructor(dir: string, redis: RedisServer) {
    this.#dir = dir;
    this.redis = redis;
    this.configFile = join(dir, 'connector.yaml');
    this.store = openStore({ target: { url: redis.url }, prefix: 'connector', name: 'test' });
  }

  static async create(settings: Record<string, string> = {}): Promise<Workplace> {
    const dir = await mkdtemp(join(tmpdir(), 'connector-command-'));
    const workplace = new Workplace(dir, await RedisServer.create({ dir: join(dir, 'redis'), settings }));
    await workplace.configure({});
    return workplace;
  }

  /** Writes the configuration, with some sections of its own. YAML takes JSON. */
  async configure(changes: object): Promise<void> {
    const configuration = {
      directories: [{ id: 'corp', urls: ['ldaps://dc.invalid'], bindDn: 'CN=x', bindPassword: 'x' }],
      lastpass: { cid: '1', provhash: 'p' },
      redis: { url: this.redis.url },
      ...changes,
    };
    await writeFile(this.configFile, JSON.stringify(configuration));
  }

  /** Starts the command. */
  start(...args: string[]): Program {
    return new Program({
      command: process.execPath,
      args: [resolve(root, 'services/console/src/connector.ts'), ...args],
      env: { CONNECTOR_CONFIG: this.configFile },
    });
  }

  /** Runs the command to its end. */
  async run(...args: string[]): Promise<Ran> {
    await using program = this.start(...args);
    return { code: await program.ended, output: program.output };
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await this.store.redis.flushall();
    await this.store.notice();
  }

  /** Says that a service runs, as it would itself. */
  async tellCondition(service: string, changes: Partial<Condition> = {}): Promise<void> {
    const condition: Condition = {
      ready: true,
      problems: [],
      atMs: Date.now() + 60_000, // alive for as long as a test takes
      startedAtMs: Date.now(),
      pid: 1,
      host: 'box',
      ...changes,
    };
    await this.store.redis.hset(this.store.keys.services, `${service}/1`, JSON.stringify(condition));
  }

  /** Plays watcher, reconciler and pusher: everything that was asked for is read and applied. */
  async answerRequests(): Promise<void> {
    const { redis, keys } = this.store;
    const own = keys.directory('corp');
    const sequence = 3;
    const read = { ...firstCursor, sequence, generation: 1, completed: 1, completedAtMs: Date.now(), caughtUp: true };
    const answered = await redis.hget(keys.requests, 'full-read');
    const answeredChanges = await redis.hget(keys.requests, 'changes');
    await redis.set(own.cursor, JSON.stringify({ ...read, dnsHostName: 'dc1.corp', answered, answeredChanges }));
    await redis.set(own.mirrorState, JSON.stringify({ ...firstMirrorState, sequence }));
    const accounts = await redis.hget(keys.requests, 'accounts');
    await redis.set(keys.accountsRead, JSON.stringify({ atMs: Date.now(), total: 2, answered: accounts }));
  }

  /** Puts somebody, or something, into the mirror in use: an enabled user Ann Lee, but for some differences. */
  async mirror(digit: string, changes: Partial<MirrorObject>): Promise<void> {
    const { redis, keys } = this.store;
    const own = keys.directory('corp');
    const object: MirrorObject = {
      kind: 'user',
      rdn: 'CN=Ann',
      parent: guidOf('0'),
      deleted: false,
      absent: false,
      mail: 'ann@x.org',
      displayName: 'Ann Lee',
      givenName: null,
      sn: null,
      sAMAccountName: 'ann',
      userAccountControl: 512,
      accountExpiresMs: null,
      primaryGroupId: null,
      rid: null,
      isCriticalSystemObject: false,
      ...changes,
    };
    const version = basesVersion({ userBases: [], groupBases: [] });
    const bases = { version, users: [guidOf('0')], groups: [] };
    await redis.set(own.mirrorState, JSON.stringify({ ...firstMirrorState, current: { generation: 1, bases } }));
    await redis.hset(own.mirror(1).objects, guidOf(digit), JSON.stringify(object));
  }

  /** Holds somebody who would be disabled. @returns the person's key */
  async hold(digit: string, changes: Partial<Plan> = {}): Promise<string> {
    const { redis, keys } = this.store;
    const person = `corp/${guidOf(digit)}`;
    const plan = heldPlan(digit, changes);
    await redis.hset(keys.plans, person, JSON.stringify(plan));
    await redis.zadd(keys.held, 1_700_000_000_000, person);
    await redis.zadd(keys.recentLeavers, 1_700_000_000_000, person);
    return person;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.store.close();
    await this.redis[Symbol.asyncDispose]();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
