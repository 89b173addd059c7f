/** The reconciler's parts at work on a real Redis, fed with a change log by hand: no process, no Samba. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '@connector/shared/account.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { LogEntry, ResolvedBases } from '@connector/shared/directory-state.ts';
import { type PersonKey, personKey } from '@connector/shared/keys.ts';
import { type Plan, plan } from '@connector/shared/plan.ts';
import { basesVersion, policy } from '@connector/shared/policy.ts';
import { openStore, type Store } from '@connector/shared/store.ts';
import { takeOverAccounts } from '@connector/sync/accounts/take-over.ts';
import { applyNext } from '@connector/sync/mirror/apply.ts';
import { confirmFirstRun } from '@connector/sync/plan/first-run.ts';
import { judgeWaiting } from '@connector/sync/plan/judging.ts';
import { planPeople } from '@connector/sync/plan/planning.ts';
import { bringIntoForce } from '@connector/sync/plan/policy-in-force.ts';
import type { z } from 'zod';
import { RedisServer } from '../support/redis-server.ts';

const directory = 'corp';
const basesOf = (id: string) => ({ id, userBases: [], groupBases: [] });

/** An objectGUID made from a number. */
export const guid = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;
export const personIn = (of: string, number: number): string => personKey(of, guid(number));
export const person = (number: number): string => personIn(directory, number);

/** The domain's root, under which everything lies unless told otherwise. */
export const root = 1;

const object = (number: number, kind: 'user' | 'group' | 'container', rdn: string): DirectoryChange => ({
  guid: guid(number),
  kind,
  complete: true,
  rdn,
  parent: number === root ? null : guid(root),
});
export const user = (number: number, changes: Partial<DirectoryChange> = {}): DirectoryChange => ({
  ...object(number, 'user', `CN=User ${number}`),
  mail: `u${number}@example.test`,
  displayName: `User ${number}`,
  userAccountControl: 512,
  ...changes,
});
export const group = (
  number: number,
  name: string,
  members: readonly number[],
  changes: Partial<DirectoryChange> = {},
): DirectoryChange => ({
  ...object(number, 'group', `CN=${name}`),
  members: { mode: 'replace', add: members.map(guid), remove: [] },
  ...changes,
});
export const container = (number: number, rdn: string, changes: Partial<DirectoryChange> = {}): DirectoryChange => ({
  ...object(number, 'container', rdn),
  ...changes,
});
export const patch = (number: number, changes: Partial<DirectoryChange>): DirectoryChange => ({
  guid: guid(number),
  complete: false,
  ...changes,
});

/** A policy's keys. */
type Rules = z.input<typeof policy>;

/** An ordinary account as LastPass lists it. */
export const accountOf = ({
  username,
  fullname,
  groups,
}: Pick<Account, 'username' | 'fullname' | 'groups'>): Account => ({
  username,
  id: `id of ${username}`,
  fullname,
  disabled: false,
  admin: false,
  groups,
  invited: false,
  objectGuid: null,
  directory: null,
});

export class Reconciling implements AsyncDisposable {
  readonly store: Store;
  readonly #redis: RedisServer;
  readonly #dir: string;
  #policy: ReturnType<typeof policy.parse>;
  /** What each directory's log and mirror have come to. */
  readonly #sequences = new Map<string, number>();
  #generation = 0;
  readonly #directories: readonly string[];
  /** `groupPrefix` of directories that have one. */
  #prefixes: Readonly<Record<string, string>> = {};

  private constructor(dir: string, redis: RedisServer, rules: Rules, directories: readonly string[]) {
    this.#dir = dir;
    this.#directories = directories;
    this.#redis = redis;
    this.#policy = policy.parse(rules);
    this.store = openStore({ target: { url: redis.url }, prefix: 'connector', name: 'test' });
  }

  /**
   * @param confirmed a person has confirmed the first run before it begins; it isn't what a test is about, unless it says so
   * @param directories their ids, in the order in which they are configured
   * @param begin what a file's tests begin with; when it fails, nothing is left running
   */
  static async create(
    rules: Rules = { memberships: 'all' },
    {
      confirmed = true,
      directories = [directory],
      begin = async () => undefined,
    }: {
      confirmed?: boolean;
      directories?: readonly string[];
      begin?: (reconciling: Reconciling) => Promise<void>;
    } = {},
  ): Promise<Reconciling> {
    const dir = await mkdtemp(join(tmpdir(), 'reconciling-'));
    const redis = await RedisServer.create({ dir: join(dir, 'redis'), settings: { appendfsync: 'no' } });
    const made = new Reconciling(dir, redis, rules, directories);
    const { keys } = made.store;
    try {
      if (confirmed) await confirmFirstRun(made.store);
      await made.changePolicy(rules);
      await made.store.redis.set(keys.accountsRead, JSON.stringify({ atMs: Date.now(), total: 0, answered: null }));
      await begin(made);
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Brings another policy into force, as a restart with another configuration does. */
  async changePolicy(rules: Rules): Promise<void> {
    this.#policy = policy.parse(rules);
    await bringIntoForce(this.store, this.planning);
  }

  /** The same with other prefixes for the groups of these directories. */
  async changePrefixes(prefixes: Readonly<Record<string, string>>): Promise<void> {
    this.#prefixes = prefixes;
    await bringIntoForce(this.store, this.planning);
  }

  get keys() {
    return this.store.keys.directory(directory);
  }

  async append(...entries: LogEntry[]): Promise<void> {
    await this.appendTo(directory, ...entries);
  }

  async appendTo(id: string, ...entries: LogEntry[]): Promise<void> {
    const { log } = this.store.keys.directory(id);
    for (const entry of entries)
      await this.store.redis.xadd(log, `${this.#nextOf(id)}-0`, 'entry', JSON.stringify(entry));
  }

  #nextOf(id: string): number {
    const sequence = (this.#sequences.get(id) ?? 0) + 1;
    this.#sequences.set(id, sequence);
    return sequence;
  }

  /** Leaves a hole in the log. @returns its sequence, for whoever fills it otherwise */
  leaveHole(): number {
    return this.#nextOf(directory);
  }

  /** Applies one entry. */
  applyNext(of: string = directory) {
    const groupPrefix = this.#prefixes[of];
    return applyNext({ store: this.store, directory: of, directories: this.#directories, groupPrefix });
  }

  async applyAll(): Promise<void> {
    for (const id of this.#directories) while ((await this.applyNext(id)) !== 'nothing');
  }

  planAll(): Promise<void> {
    return this.planSome(Number.MAX_SAFE_INTEGER);
  }

  /** Plans the first of the list. */
  async planSome(count: number): Promise<void> {
    await this.plan(...(await this.store.redis.zrange(this.store.keys.toPlan, '0', String(count - 1))));
  }

  /** What planning goes by. */
  get planning() {
    const directories = this.#directories.map((id) => ({ ...basesOf(id), groupPrefix: this.#prefixes[id] ?? '' }));
    return { store: this.store, policy: this.#policy, directories };
  }

  async plan(...people: readonly string[]): Promise<void> {
    await planPeople(this.planning, people);
  }

  judge() {
    return judgeWaiting({ store: this.store, policy: this.#policy, directories: this.#directories });
  }

  /** Applies, plans and judges whatever is outstanding. */
  async reconcile(): Promise<void> {
    await this.applyAll();
    await this.planAll();
    await this.judge();
  }

  async changes(...changes: DirectoryChange[]): Promise<void> {
    await this.append({ type: 'changes', changes, caughtUp: true });
    await this.reconcile();
  }

  /** Begins a full read and gives it its pages. */
  async beginFullRead(
    changes: readonly DirectoryChange[],
    {
      gap = false,
      missing = [],
      of = directory,
    }: { gap?: boolean; missing?: ResolvedBases['missing']; of?: string } = {},
  ): Promise<number> {
    const generation = ++this.#generation;
    const resolved = { version: basesVersion(basesOf(of)), users: [guid(root)], groups: [guid(root)], missing };
    await this.appendTo(
      of,
      { type: 'begin', generation, gap, bases: resolved },
      { type: 'page', generation, changes: [container(root, 'DC=example,DC=test'), ...changes] },
    );
    return generation;
  }

  /** Reads everything, as a first read does. */
  async fullRead(...changes: DirectoryChange[]): Promise<void> {
    const generation = await this.beginFullRead(changes);
    await this.append({ type: 'listed', generation }, { type: 'end', generation });
    await this.reconcile();
  }

  /** The same of one of several directories, without planning yet. */
  async readDirectory(of: string, ...changes: DirectoryChange[]): Promise<void> {
    const generation = await this.beginFullRead(changes, { of });
    await this.appendTo(of, { type: 'listed', generation }, { type: 'end', generation });
    await this.applyAll();
  }

  /** Changes in one of several directories, and all that comes of them. */
  async changesIn(of: string, ...changes: DirectoryChange[]): Promise<void> {
    await this.appendTo(of, { type: 'changes', changes, caughtUp: true });
    await this.applyAll();
    await this.settle();
  }

  /** Plans until nobody is left to plan, and judges. */
  async settle(): Promise<void> {
    for (let round = 0; (await this.store.redis.zcard(this.store.keys.toPlan)) > 0; round++) {
      if (round === 10) throw new Error('planning comes to no end');
      await this.planAll();
    }
    await this.judge();
  }

  /** Makes people linked to accounts that are as AD says, as if everything planned had been delivered. */
  async deliverAll(): Promise<void> {
    const { redis, keys } = this.store;
    for (const [key, raw] of Object.entries(await redis.hgetall(keys.plans))) {
      const { username, steps } = plan.parse(JSON.parse(raw));
      const create = steps.find((step) => step.kind === 'create');
      if (!create) continue;
      await this.#link(key, accountOf({ username, fullname: create.fullname, groups: [...create.groups].sort() }));
      await redis.hdel(keys.plans, key);
    }
    await redis.del(keys.toDeliver);
  }

  /** Makes somebody linked to an account in no group, as a delivered create does, without a new plan. */
  async haveAccount(number: number, fullname: string): Promise<void> {
    await this.#link(person(number), accountOf({ username: `u${number}@example.test`, fullname, groups: [] }));
  }

  async #link(key: PersonKey, account: Account): Promise<void> {
    const { redis, keys } = this.store;
    const { username, id } = account;
    await redis.hset(keys.accounts, username, JSON.stringify(account));
    await redis.hset(keys.links, key, JSON.stringify({ username, id, disabledByUs: false }));
    await redis.hset(keys.linked, username, key);
  }

  /** Takes these over as all accounts that LastPass lists. */
  async listed(...accounts: readonly Account[]): Promise<void> {
    await takeOverAccounts({
      state: this.store,
      directories: this.#directories,
      list: async () => accounts,
      turn: { guard: { command: ['GET', this.store.keys.accountsReader], is: null }, keep: [] },
      request: null,
    });
  }

  pending(): Promise<string[]> {
    return this.store.redis.zrange(this.store.keys.pending, '0', '-1');
  }

  planOf(number: number): Promise<Plan | null> {
    return this.planOfKey(person(number));
  }

  async planOfKey(key: string): Promise<Plan | null> {
    const raw = await this.store.redis.hget(this.store.keys.plans, key);
    return raw === null ? null : plan.parse(JSON.parse(raw));
  }

  async stepsOf(number: number): Promise<string[]> {
    return (await this.planOf(number))?.steps.map(({ kind }) => kind) ?? [];
  }

  lookups(): Promise<string[]> {
    return this.store.redis.smembers(this.keys.lookups);
  }

  toDeliver(): Promise<string[]> {
    return this.store.redis.zrange(this.store.keys.toDeliver, '0', '-1');
  }

  held(): Promise<string[]> {
    return this.store.redis.zrange(this.store.keys.held, '0', '-1');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.store.close();
    await this.#redis[Symbol.asyncDispose]();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
