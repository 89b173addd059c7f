/** The company, the connector and LastPass together; and beside them the oracle, which is told of every operation. */
import assert from 'node:assert/strict';
import type { SimulatedCall, SimulatedState } from '../support/simulator.ts';
import { Stack, type StackOptions } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { filterNames, founding, lastPassBefore, ous, probe } from './company.ts';
import { changedGroupsOf, differencesOf } from './differences.ts';
import { DirectoryHands } from './directory-hands.ts';
import type { Operation } from './directory-model.ts';
import { connector, releaseAll } from './held.ts';
import { Oracle } from './oracle.ts';

/** Limits of the guard that nobody reaches: random people leave in droves. */
export const idleGuard = { maxLeavers: 10_000, maxLeaversPercent: 100, maxLeaversHard: 10_000 };

export interface WorldOptions {
  /** How many ordinary people; default 60. */
  readonly people?: number;
  readonly memberships?: 'filtered' | 'all';
  readonly guard?: object;
  /** More of the configuration's section `lastpass`. */
  readonly lastpass?: object;
  /** How long LastPass takes before it does what a call asks, ms. */
  readonly latencyMs?: number;
  /** What stands before the domain controller. */
  readonly front?: StackOptions['front'];
  readonly onLine?: StackOptions['onLine'];
}

const settleWithinMs = 60_000;

export class World implements AsyncDisposable {
  readonly stack: Stack;
  readonly hands: DirectoryHands;
  readonly oracle: Oracle;
  /** LastPass before the connector came. */
  readonly before: SimulatedState;
  #probes = 0;

  private constructor(stack: Stack, oracle: Oracle, before: SimulatedState) {
    this.stack = stack;
    this.oracle = oracle;
    this.before = before;
    this.hands = new DirectoryHands(stack.domain);
  }

  /** A company with its directory and its accounts; no service runs yet. */
  static async create(options: WorldOptions = {}): Promise<World> {
    const {
      people = 60,
      memberships = 'all',
      guard = idleGuard,
      lastpass = {},
      latencyMs = 0,
      front,
      onLine,
    } = options;
    const stack = await Stack.create({
      policy: { groupFilter: [...filterNames], memberships, guard },
      directory: (base) => ({
        userBases: [`OU=People,${base}`, `OU=Berlin,${base}`],
        groupBases: [`OU=Groups,${base}`],
      }),
      lastpass,
      ...(front ? { front } : {}),
      ...(onLine ? { onLine } : {}),
    });
    await stack.simulator.seed(lastPassBefore);
    await stack.simulator.settings({ latencyMs });
    const before = await stack.simulator.state();
    const rules = {
      userBases: [ous.people, ous.berlin],
      groupBases: [ous.groups],
      groupFilter: filterNames,
      memberships,
    };
    const world = new World(stack, new Oracle(rules, before.users), before);
    await world.perform(...founding(people));
    return world;
  }

  /** Carries operations out, and tells the oracle of each. */
  async perform(...operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      try {
        await this.hands.perform(operation);
      } catch (cause) {
        throw new Error(`the directory refused ${JSON.stringify(operation)}`, { cause });
      }
      this.oracle.apply(operation);
    }
  }

  /** Starts all services and waits until everything has arrived. */
  async start(): Promise<void> {
    this.stack.startAll();
    await this.settle();
  }

  /** Waits until everything has arrived; whatever the guard holds is released, as an administrator would. */
  async settle(): Promise<void> {
    await this.stack.settled({ withinMs: settleWithinMs });
    while ((await releaseAll(this.stack)) > 0) await this.stack.quiet({ withinMs: settleWithinMs });
    this.oracle.everythingArrived();
  }

  /** Waits until LastPass shows a change made now. @returns how long it took, ms */
  async probe({ withinMs }: { withinMs: number }): Promise<number> {
    const displayName = `Probe ${++this.#probes}`;
    const startedAt = performance.now();
    await this.perform({ kind: 'modify', person: probe.person, displayName });
    await waitUntil(
      `${displayName} at LastPass`,
      async () => (await this.accountOf(probe.mail))?.fullname === displayName,
      {
        withinMs,
      },
    );
    return performance.now() - startedAt;
  }

  async accountOf(username: string) {
    return (await this.stack.simulator.state()).users.find((user) => user.username === username);
  }

  /** Has the whole directory and all accounts read afresh, and waits until nothing is left to do. */
  async readEverythingAgain(): Promise<void> {
    await connector(this.stack, 'sync', '--full', '--json', '--timeout', '60');
    await this.stack.settled({ withinMs: settleWithinMs });
  }

  /** Fails with every difference between LastPass and the oracle, and with what happened to those concerned. */
  async assertConverged(): Promise<void> {
    const expected = this.oracle.expectations();
    const sides = { before: this.before, after: await this.stack.simulator.state() };
    const strangers = new Set(
      [...expected].filter(([, { kind }]) => kind === 'untouched').map(([username]) => username),
    );
    const differences = [...differencesOf(expected, sides), ...changedGroupsOf(strangers, sides)];
    if (JSON.stringify(sides.before.invited) !== JSON.stringify(sides.after.invited))
      differences.push(`invited were ${sides.before.invited} and are ${sides.after.invited}`);
    if (differences.length === 0) return;
    assert.fail([...differences, '', ...this.#storyOf(differences)].join('\n'));
  }

  /** Operations on those whose account differs, by their place in the order. */
  #storyOf(differences: readonly string[]): string[] {
    const usernames = new Set(differences.map((line) => line.split(': ')[0]));
    const concerned = new Set<string>();
    for (const operation of this.oracle.operations) {
      if ('person' in operation && 'mail' in operation && usernames.has(operation.mail?.toLowerCase()))
        concerned.add(operation.person);
    }
    return this.oracle.operations.flatMap((operation, place) => {
      const of = 'person' in operation ? operation.person : 'member' in operation ? operation.member : null;
      const is = of === null ? operation.kind.includes('ou') || operation.kind.includes('tree') : concerned.has(of);
      return is ? [`${place}: ${JSON.stringify(operation)}`] : [];
    });
  }

  /** Fails when an address was created twice, or got a second welcome e-mail. */
  async assertNobodyCreatedTwice(): Promise<void> {
    const { welcomeEmails } = await this.stack.simulator.state();
    const twice = Object.entries(welcomeEmails).filter(([, times]) => times.length > 1);
    assert.deepEqual(twice, [], 'a second welcome e-mail');
    const created = (await this.stack.simulator.writes()).filter(({ cmd }) => cmd === 'batchadd').flatMap(usernamesIn);
    const again = created.filter((username, index) => created.indexOf(username) !== index);
    assert.deepEqual(again, [], 'created a second time');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hands[Symbol.asyncDispose]().catch(() => undefined); // its domain controller may be gone
    await this.stack[Symbol.asyncDispose]();
  }
}

/** The accounts that a call names. */
export function usernamesIn({ data }: Pick<SimulatedCall, 'data'>): string[] {
  return [data].flat().map((entry: unknown) => {
    if (typeof entry === 'string') return entry;
    const username = typeof entry === 'object' && entry !== null && 'username' in entry ? entry.username : null;
    return typeof username === 'string'
      ? username
      : assert.fail(`a call that names no account: ${JSON.stringify(data)}`);
  });
}
