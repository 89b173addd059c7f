/**
 * A connector with its reconciler and pusher inside the test, its own Redis keys and LastPass, a policy, and beside it the
 * oracle. Whatever is done, it is waited for until nothing is outstanding, and LastPass is compared with the oracle.
 */
import assert from 'node:assert/strict';
import type { PersonKey } from '@connector/shared/keys.ts';
import { accountsRead, link } from '@connector/shared/plan.ts';
import { readAside, retryPerson } from '../../services/console/src/aside/aside-people.ts';
import { decideAll, type Verdict } from '../../services/console/src/held/decide.ts';
import { readHeld, type WaitingList } from '../../services/console/src/held/held-people.ts';
import type { DirectoryModel, Id, Operation } from '../acceptance/directory-model.ts';
import { idleGuard } from '../acceptance/world.ts';
import type { Run, RunOptions, Servers } from '../faults/pipeline.ts';
import { waitUntil } from '../support/wait-until.ts';
import { differencesFrom, type HandOperation } from './expected-tenant.ts';
import { performByHand } from './lastpass-hands.ts';
import { differencesOfLists } from './lists.ts';
import type { Policy, Scope } from './rules.ts';
import { SettledOracle, type Word } from './settled-oracle.ts';
import { Story } from './story.ts';
import type { Switches } from './switches.ts';

/** Many connectors side by side: looking more often would keep the machine from its work. */
const pollEveryMs = 40;

export interface ConnectorOptions {
  readonly policy: Policy;
  readonly scope: Scope;
  readonly switches: Switches;
  /** What is at LastPass before. */
  readonly before: object;
  /** The configuration's section on the directory. */
  readonly directory: object;
  /** Those on other directories. */
  readonly otherDirectories?: readonly object[];
  readonly model: DirectoryModel;
  /** The key of somebody. */
  readonly keyOf: (id: Id) => PersonKey;
}

export class Connector implements AsyncDisposable {
  readonly run: Run;
  readonly oracle: SettledOracle;
  readonly #keyOf: ConnectorOptions['keyOf'];
  /** The accounts of strangers as they were when something was done by hand for the last time. */
  #strangers = new Map<string, string>();
  #readings = 0;
  #moments = 0;
  #isStruck = false;
  readonly #story = new Story();

  private constructor(run: Run, oracle: SettledOracle, keyOf: ConnectorOptions['keyOf']) {
    this.run = run;
    this.oracle = oracle;
    this.#keyOf = keyOf;
  }

  static async create(servers: Servers, options: ConnectorOptions): Promise<Connector> {
    const { policy, scope, switches, before, directory, otherDirectories = [], model, keyOf } = options;
    const excludeUsers = scope.excludedPrefix === undefined ? [] : [`${scope.excludedPrefix}*`];
    const { groupFilter, excludeGroups = [] } = scope;
    const runOptions: RunOptions = {
      tenant: before,
      directory,
      otherDirectories,
      policy: { ...policy, groupFilter, excludeUsers, excludeGroups, guard: idleGuard },
      sync: { accountsEvery: '24h' },
    };
    const run = await servers.run(runOptions);
    try {
      await run.simulator.settings(switches);
      const state = await run.simulator.state();
      const instantMail = switches.updateEmail === 'instant';
      const oracle = new SettledOracle({
        rules: { ...policy, ...scope },
        before: state,
        instantMail,
        directory: model,
      });
      const connector = new Connector(run, oracle, keyOf);
      await connector.#rememberStrangers();
      await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
      return connector;
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The directory has changed, and the connector is going to see it: for the story of a failure. */
  note(operations: readonly Operation[]): void {
    this.#story.tell(...operations);
  }

  /** Does something at LastPass by hand, and has the accounts read. */
  async byHand(operations: readonly HandOperation[]): Promise<void> {
    if (operations.length === 0) return;
    await performByHand(this.run.simulator, operations);
    for (const operation of operations) this.oracle.byHand(operation);
    this.#story.tell(...operations);
    await this.#rememberStrangers();
    await this.#readAccounts();
    await this.settle();
  }

  /** Says an administrator's words. */
  async decide(words: readonly Word[]): Promise<void> {
    for (const kind of ['approve', 'reject'] as const) {
      const people = words.filter((word) => word.kind === kind).map(({ person }) => this.#keyOf(person));
      if (people.length > 0) await this.#decide('pending', kind === 'approve' ? 'approved' : 'rejected', people);
    }
    await this.#retry(words.filter(({ kind }) => kind === 'retry').map(({ person }) => this.#keyOf(person)));
    for (const word of words) this.oracle.decide(word);
    this.#story.tell(...words);
    if (words.length > 0) await this.settle();
  }

  /** LastPass refuses the next call of a command. */
  async strike(cmd: string): Promise<void> {
    this.#isStruck = true;
    await this.run.simulator.faults([{ kind: 'fail', cmd, times: 1, error: 'Not now' }]);
  }

  /** Waits until everything has arrived. */
  async settle(): Promise<void> {
    if (this.#isStruck) {
      await this.#quiet();
      await this.run.simulator.faults([]);
      await this.run.allIsDue(); // whoever was refused
      this.#isStruck = false;
    }
    do await this.#quiet();
    while ((await this.#releaseHeld()) || (await this.#learnIds()));
    this.oracle.settle();
    this.#story.tell({ moment: ++this.#moments });
  }

  /** Fails with every difference between LastPass and the oracle. */
  async check(): Promise<void> {
    const state = await this.run.simulator.state();
    const differences = differencesFrom(this.oracle.tenant, state);
    const strangers = new Set(this.oracle.strangers().map(({ username }) => username));
    for (const user of state.users) {
      const before = this.#strangers.get(user.username);
      if (strangers.has(user.username) && before !== JSON.stringify(user))
        differences.push(`${user.username}: a stranger, was ${before}, is ${JSON.stringify(user)}`);
    }
    const { oracle } = this;
    differences.push(...(await differencesOfLists({ store: this.run.store, oracle, keyOf: this.#keyOf })));
    assert.ok(differences.length === 0, [...differences, '', ...this.#story.of(differences)].join('\n'));
  }

  /** Reads the accounts again: nothing must come of it. */
  async assertAtRest(): Promise<void> {
    const since = await this.run.simulator.lastCall();
    await this.#readAccounts();
    await this.#quiet();
    const writes = (await this.run.simulator.writes(since)).map(({ cmd, data }) => ({ cmd, data }));
    assert.deepEqual(writes, [], 'something is sent although nothing has changed');
  }

  /** Somebody whose account was deleted by hand is to be as new. */
  async #retry(people: readonly string[]): Promise<void> {
    const chosen = (await readAside(this.run.store)).filter(({ person }) => people.includes(person));
    const directories = this.run.configuration.directories.map(({ id }) => id);
    for (const person of chosen) await retryPerson(this.run.store, person, { directories, by: 'test' });
    await this.run.ring();
  }

  async #rememberStrangers(): Promise<void> {
    const { users } = await this.run.simulator.state();
    this.#strangers = new Map(users.map((user) => [user.username, JSON.stringify(user)]));
  }

  /** Waits until nothing is outstanding. Calls needn't wait for their turn: the rate has tests of its own. */
  async #quiet(): Promise<void> {
    const { redis, keys } = this.run.store;
    let isOver = false;
    const hurry = async () => {
      while (!isOver) {
        await redis.hdel(keys.callRate, 'due', 'due:borne');
        await new Promise((done) => setTimeout(done, pollEveryMs));
      }
    };
    const hurrying = hurry();
    try {
      await this.run.quiet({ withinMs: 60_000, everyMs: pollEveryMs });
    } finally {
      isOver = true;
      await hurrying;
    }
  }

  async #readAccounts(): Promise<void> {
    const { redis, keys } = this.run.store;
    await redis.hset(keys.requests, 'accounts', `test-${++this.#readings}`);
    await waitUntil('the accounts to be read', async () => {
      const raw = await redis.get(keys.accountsRead);
      const newest = await redis.hget(keys.requests, 'accounts'); // ours, or a later one of the pusher
      return raw !== null && accountsRead.parse(JSON.parse(raw)).answered === newest;
    });
  }

  /** The ids of many new accounts come with the next reading of all accounts. @returns whether it took one */
  async #learnIds(): Promise<boolean> {
    const { redis, keys } = this.run.store;
    const links = (await redis.hvals(keys.links)).map((raw) => link.parse(JSON.parse(raw)));
    if (links.every(({ id }) => id !== null)) return false;
    const invited = new Set((await this.run.simulator.state()).invited);
    if (!links.some(({ id, username }) => id === null && !invited.has(username))) return false;
    await this.#readAccounts();
    return true;
  }

  /** The guard's limits are out of reach; what it says of groups that lose many at once is released, as by an administrator. */
  async #releaseHeld(): Promise<boolean> {
    return await this.#decide('held', 'released');
  }

  async #decide(list: WaitingList, verdict: Verdict, people?: readonly string[]): Promise<boolean> {
    const { store } = this.run;
    const all = await readHeld(store, list);
    const chosen = people === undefined ? all : all.filter(({ person }) => people.includes(person));
    if (chosen.length === 0) return false;
    await decideAll(store, chosen, { verdict, by: 'test', atMs: Date.now() });
    await this.run.ring();
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run[Symbol.asyncDispose]();
  }
}
