/**
 * A company on a real directory, the connector with several replicas of each service, LastPass, wires between them that can
 * break, and the oracle. Redis, the domain controller and LastPass are reached by the services through these wires only.
 */
import { join } from 'node:path';
import { type PersonKey, personKey } from '@connector/shared/keys.ts';
import { policy as policySchema } from '@connector/shared/policy.ts';
import { countingPolicy, replacePolicy } from '@connector/sync/plan/policy-in-force.ts';
import { founding, lastPassBefore, mailOf } from '../acceptance/company.ts';
import { DirectoryHands } from '../acceptance/directory-hands.ts';
import { DirectoryModel, type Operation } from '../acceptance/directory-model.ts';
import { basesBelow, excluded, scope, scopeOfTwo } from '../oracle/change-log-company.ts';
import { corp, type Domain, domainOf, domainOfOperation, inDomain, labs, secondRoot } from '../oracle/domains.ts';
import type { HandOperation } from '../oracle/expected-tenant.ts';
import { performByHand } from '../oracle/lastpass-hands.ts';
import type { Rules, Scope } from '../oracle/rules.ts';
import { SettledOracle } from '../oracle/settled-oracle.ts';
import { Story } from '../oracle/story.ts';
import { secondFounding } from '../oracle/two-domains.ts';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import type { SambaDomain } from '../support/samba-domain.ts';
import { directoryId, Stack } from '../support/stack.ts';
import { type ChaosPolicy, configured } from './policies.ts';
import { PossibleLeavers } from './possible-leavers.ts';
import { Replicas } from './replicas.ts';
import { SecondDomain } from './second-domain.ts';
import { SimulatorFaults } from './simulator-faults.ts';
import { Taken } from './taken.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { Turns } from './turns.ts';

const people = 40;
/** Where there are two domains, so many are in the first, and in the second. */
const [peopleInFirst, peopleInSecond] = [24, 12];
/** What the names of the second one's groups begin with at LastPass, in every second run; else groups of one name are one LastPass group. */
const secondPrefix = 'LABS ';
const before = { ...lastPassBefore, invited: [...lastPassBefore.invited, mailOf('p4'), mailOf('p10'), mailOf('p11')] };
/** So that a full read takes several pages, with changes in between. */
const smallPages = { maxPageSize: 20 };

interface Parts {
  readonly stack: Stack;
  readonly wires: Wires;
  readonly directory: DirectoryModel;
  readonly oracle: SettledOracle;
  readonly policy: ChaosPolicy;
  readonly second: SecondDomain | null;
  readonly groupPrefixes: Readonly<Record<string, string>>;
}

/** How many domains there are, and what the second one's groups are called. */
export interface ChaosCompany {
  readonly policy: ChaosPolicy;
  readonly directories?: 1 | 2;
  /** The second one's groups have a prefix at LastPass. */
  readonly isPrefixed?: boolean;
}

/** An object in a directory. */
export interface Marked {
  readonly directory: string;
  readonly guid: string;
}

const rulesOf = ({ rules, groupFilter }: ChaosPolicy, common: Scope): Rules => ({ ...rules, ...common, groupFilter });

/** In front of what the services reach. */
export interface Wires {
  readonly redis: TcpProxy;
  readonly directory: TcpProxy;
  readonly lastpass: TcpProxy;
  /** To the second domain, if there is one. */
  readonly second: TcpProxy | null;
}

export class ChaosWorld implements AsyncDisposable {
  readonly stack: Stack;
  readonly wires: Wires;
  readonly replicas: Replicas;
  readonly simulatorFaults: SimulatorFaults;
  readonly taken = new Taken();
  readonly directory: DirectoryModel;
  readonly oracle: SettledOracle;
  /** Everything that happened in the directory. */
  readonly operations: Operation[] = [];
  readonly story = new Story();
  readonly possibleLeavers = new PossibleLeavers();
  /** `null` where there is one domain. */
  readonly second: SecondDomain | null;
  readonly #groupPrefixes: Readonly<Record<string, string>>;
  readonly #hands: DirectoryHands;
  /** Whoever works on the directory, or on the domain controller itself. */
  readonly #directoryTurns = new Turns();
  #policy: ChaosPolicy;
  /** What the configuration says, whatever was set since. */
  #configured: ChaosPolicy;
  /** The accounts of strangers as they were when something was done by hand for the last time. */
  #strangers = new Map<string, string>();

  private constructor({ stack, wires, directory, oracle, policy, second, groupPrefixes }: Parts) {
    this.second = second;
    this.#groupPrefixes = groupPrefixes;
    this.stack = stack;
    this.wires = wires;
    this.directory = directory;
    this.oracle = oracle;
    this.#policy = this.#configured = policy;
    this.replicas = new Replicas(stack, { NODE_COMPILE_CACHE: join(stack.dir, 'compiled') });
    this.simulatorFaults = new SimulatorFaults(stack.simulator);
    this.#hands = new DirectoryHands(stack.domain);
  }

  /** The company and its accounts are there; no service runs yet. */
  static async create({ policy, directories = 1, isPrefixed = false }: ChaosCompany): Promise<ChaosWorld> {
    const stack = await Stack.create({
      policy: configured(policy),
      directory: (base) => basesBelow(base),
      front: (domain) => LdapProxy.start(domain, smallPages),
    });
    let second: SecondDomain | null = null;
    try {
      const { simulator, redis, domain, dir } = stack;
      if (directories === 2) second = await SecondDomain.create({ dir, ...smallPages });
      const groupPrefixes = second && isPrefixed ? { [labs.directory]: secondPrefix } : {};
      await simulator.seed(before);
      const { hostname, port } = new URL(simulator.apiUrl);
      const ldaps = new URL(stack.frontUrl).port;
      const wires = {
        redis: await TcpProxy.start({ host: '127.0.0.1', port: redis.port }),
        directory: await TcpProxy.start({ host: domain.address, port: Number(ldaps) }),
        lastpass: await TcpProxy.start({ host: hostname, port: Number(port) }),
        second: second?.wire ?? null,
      };
      await stack.configureEnds({
        directory: { urls: [`ldaps://${domain.address}:${wires.directory.port}`] },
        lastpass: { apiUrl: `http://127.0.0.1:${wires.lastpass.port}/enterpriseapi.php` },
        redis: { url: `redis://127.0.0.1:${wires.redis.port}` },
      });
      if (second) await stack.addDirectory({ ...second.section, groupPrefix: isPrefixed ? secondPrefix : '' });
      const directory = new DirectoryModel();
      const oracle = new SettledOracle({
        rules: rulesOf(policy, second ? scopeOfTwo(groupPrefixes) : scope),
        before: await simulator.state(),
        instantMail: false,
        directory,
      });
      const world = new ChaosWorld({ stack, wires, directory, oracle, policy, second, groupPrefixes });
      await world.rememberStrangers();
      if (second) directory.apply(secondRoot);
      await world.perform([...founding(second ? peopleInFirst : people), ...excluded]);
      if (second) await world.perform(secondFounding(peopleInSecond).map((each) => inDomain(labs, each)));
      return world;
    } catch (error) {
      await second?.[Symbol.asyncDispose]();
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  get policy(): ChaosPolicy {
    return this.#policy;
  }

  guidOf = (id: string): string => this.#handsOf(domainOf(id)).guidOf(id);
  keyOf = (id: string): PersonKey => personKey(domainOf(id).directory, this.guidOf(id));

  #handsOf(domain: Domain): DirectoryHands {
    return domain === labs && this.second ? this.second.hands : this.#hands;
  }

  /** Ids of the directories. */
  get directories(): string[] {
    return this.second ? [corp.directory, labs.directory] : [corp.directory];
  }

  /** The domain controllers. */
  get controllers(): SambaDomain[] {
    return this.second ? [this.stack.domain, this.second.domain] : [this.stack.domain];
  }

  /** Carries operations out, one after the other, while the domain controller is there. */
  async perform(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations)
      await this.#directoryTurns.take(async () => {
        try {
          await this.#handsOf(domainOfOperation(operation)).perform(operation);
        } catch (cause) {
          throw new Error(`the directory refused ${JSON.stringify(operation)}`, { cause });
        }
        this.directory.apply(operation);
        this.operations.push(operation);
        this.story.tell(operation);
        this.possibleLeavers.noteMoment(this.directory, this.#rules);
      });
  }

  /** A change in each directory that means nothing. */
  mark(): Promise<Marked[]> {
    const name = `marker-${Math.random().toString(36).slice(2)}`;
    return this.#directoryTurns.take(async () => {
      const first = { directory: corp.directory, guid: await this.stack.admin.createOu({ name }) };
      if (this.second === null) return [first];
      return [first, { directory: labs.directory, guid: await this.second.admin.createOu({ name }) }];
    });
  }

  /** Nobody works on the directory from now on. @returns what lets them go on, once `then` is done */
  standStill(then: () => Promise<void>): Promise<() => Promise<void>> {
    const begun = Promise.withResolvers<() => Promise<void>>();
    const over = Promise.withResolvers<void>();
    const whole = this.#directoryTurns.take(async () => {
      begun.resolve(async () => {
        over.resolve();
        await whole;
      });
      await over.promise;
      await then();
    });
    return begun.promise;
  }

  /** The domain controller was away: whoever works on it connects anew. */
  async reconnect(): Promise<void> {
    await this.#hands.reconnect();
    await this.second?.reconnect();
    await this.stack.admin.hangUp().catch(() => undefined); // that connection is dead anyway
  }

  /** Does something at LastPass by hand. Not while the connector is at it. */
  async byHand(operations: readonly HandOperation[]): Promise<void> {
    await performByHand(this.stack.simulator, operations);
    for (const operation of operations) this.oracle.byHand(operation);
    this.story.tell(...operations);
    this.noteMoment();
    await this.rememberStrangers();
  }

  /** Writes another policy into the configuration, which counts then; services that start from now on have it. */
  async changePolicy(policy: ChaosPolicy): Promise<void> {
    this.#policy = this.#configured = policy;
    await this.stack.configure({ policy: configured(policy) });
    await this.#replacePolicy(null);
    this.oracle.changeRules(this.#rules);
  }

  /** Sets another policy, as an administrator does: it counts, whatever the configuration says. */
  async setPolicy(policy: ChaosPolicy): Promise<void> {
    this.#policy = policy;
    await this.#replacePolicy(policy);
    this.oracle.changeRules(this.#rules);
  }

  /** @param policy `null`: the configured one counts */
  async #replacePolicy(policy: ChaosPolicy | null): Promise<void> {
    const { store, domain } = this.stack;
    await store.notice(); // Redis may have begun again since
    const parsed = (each: ChaosPolicy) => policySchema.parse(configured(each));
    const directories = [
      { id: directoryId, ...basesBelow(domain.baseDn) },
      ...(this.second ? [{ id: labs.directory, ...basesBelow(this.second.domain.baseDn) }] : []),
    ].map((each) => ({ ...each, groupPrefix: this.#groupPrefixes[each.id] ?? '' }));
    const { inForce } = await countingPolicy(store, parsed(this.#configured));
    if (policy === null && inForce?.set == null) return; // it counts already, or does once the services have begun again
    const wanted = { policy: policy && parsed(policy), by: 'chaos', number: inForce?.number ?? 0 };
    const replaced = await replacePolicy(store, wanted, { policy: parsed(this.#configured), directories });
    if (replaced.kind === 'another' || replaced.kind === 'elsewhere')
      throw new Error(`the policy can't be set: ${JSON.stringify(replaced)}`);
    await store.makeDurable();
  }

  get #rules(): Rules {
    return rulesOf(this.#policy, this.second ? scopeOfTwo(this.#groupPrefixes) : scope);
  }

  /** A round begins: what happened before has arrived. */
  beginRound(): void {
    this.possibleLeavers.begin();
    this.noteMoment();
  }

  /** Notes a moment that the connector may see. */
  noteMoment(): void {
    this.possibleLeavers.noteMoment(this.directory, this.#rules);
    this.possibleLeavers.noteAccounts(this.oracle);
  }

  async rememberStrangers(): Promise<void> {
    const { users } = await this.stack.simulator.state();
    this.#strangers = new Map(users.map((user) => [user.username, JSON.stringify(user)]));
  }

  /** An account as it was when something was done by hand for the last time. */
  before(username: string): string | undefined {
    return this.#strangers.get(username);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hands[Symbol.asyncDispose]().catch(() => undefined); // its domain controller may be gone
    const { redis, directory, lastpass } = this.wires;
    for (const wire of [redis, directory, lastpass]) await wire[Symbol.asyncDispose]();
    await this.second?.[Symbol.asyncDispose]();
    await this.stack[Symbol.asyncDispose]();
  }
}
