/**
 * A company whose directories, one or two, are change logs, followed by one connector: each round of operations is one moment, in one of the
 * domains, for the connector reads them one after the other.
 */
import { personKey } from '@connector/shared/keys.ts';
import { basesVersion } from '@connector/shared/policy.ts';
import { filterNames, founding, ous } from '../acceptance/company.ts';
import type { Id, Operation } from '../acceptance/directory-model.ts';
import { DirectoryModel, known } from '../acceptance/directory-model.ts';
import type { Servers } from '../faults/pipeline.ts';
import { ChangeLogHands } from './change-log-hands.ts';
import { Connector } from './connector.ts';
import { corp, type Domain, domainOf, domainOfOperation, domains, inDomain, labs, secondRoot } from './domains.ts';
import type { Policy, Scope } from './rules.ts';
import type { Switches } from './switches.ts';

export const scope: Scope = {
  userBases: [ous.people, ous.berlin],
  groupBases: [ous.groups],
  groupFilter: filterNames,
  excludedPrefix: 'svc-',
  excludeGroups: ['Admins'],
};

/** The same in both domains. @param groupPrefixes by the directory's id; with none, groups of one name are one LastPass group */
export const scopeOfTwo = (groupPrefixes: Readonly<Record<string, string>>): Scope => {
  const inBoth = (ids: readonly Id[]) => domains.flatMap(({ mark }) => ids.map((id) => mark + id));
  return { ...scope, userBases: inBoth(scope.userBases), groupBases: inBoth(scope.groupBases), groupPrefixes };
};

/** The group whose members, nested, are excluded. */
export const admins = 'g-admins';
/** A group in it. */
export const innerAdmins = 'g-inner-admins';
export const excluded: readonly Operation[] = [
  { kind: 'create-group', group: admins, cn: 'Admins', ou: ous.groups },
  { kind: 'create-group', group: innerAdmins, cn: 'Tier 0', ou: ous.groups },
  { kind: 'add-member', group: admins, member: innerAdmins },
];

/** The bases as configured. */
export const basesBelow = (baseDn: string) => ({
  userBases: [`OU=People,${baseDn}`, `OU=Berlin,${baseDn}`],
  groupBases: [`OU=Groups,${baseDn}`],
});

/** ObjectGUIDs stand for them in the log. */
const directory = basesBelow('DC=example,DC=test');

export interface CompanyOptions {
  readonly policy: Policy;
  readonly switches: Switches;
  /** LastPass before. */
  readonly before: object;
  /** How many ordinary people there are in the beginning, and what there is besides. */
  readonly people?: number;
  readonly more?: readonly Operation[];
  /** There is a second domain, which begins with these operations (in its own names); and by the directory's id what its groups' names begin with. */
  readonly second?: { readonly begins: readonly Operation[]; readonly groupPrefixes: Readonly<Record<string, string>> };
}

export class ChangeLogCompany implements AsyncDisposable {
  readonly connector: Connector;
  readonly directory: DirectoryModel;
  /** Everything that happened in the directory. */
  readonly operations: Operation[] = [];
  readonly #hands: ReadonlyMap<Domain, ChangeLogHands>;
  #generation = 0;

  private constructor(connector: Connector, directory: DirectoryModel, hands: ReadonlyMap<Domain, ChangeLogHands>) {
    this.connector = connector;
    this.directory = directory;
    this.#hands = hands;
  }

  /** Everything is there and has arrived. */
  static async create(servers: Servers, options: CompanyOptions): Promise<ChangeLogCompany> {
    const { policy, switches, before, people = 0, more = [], second } = options;
    const model = new DirectoryModel();
    const hands = new Map(
      (second ? domains : [corp]).map((domain) => [domain, new ChangeLogHands(model, domain)] as const),
    );
    const keyOf = (id: Id) => personKey(domainOf(id).directory, known(hands, domainOf(id)).guidOf(id));
    const prefixOf = (id: string) => ({ groupPrefix: second?.groupPrefixes[id] ?? '' });
    const connector = await Connector.create(servers, {
      ...{ policy, switches, before, keyOf, model },
      scope: second ? scopeOfTwo(second.groupPrefixes) : scope,
      directory: { ...directory, ...prefixOf(corp.directory) },
      otherDirectories: second ? [{ id: labs.directory, ...directory, ...prefixOf(labs.directory) }] : [],
    });
    const company = new ChangeLogCompany(connector, model, hands);
    try {
      company.note([...founding(people), ...excluded, ...more]);
      if (second) company.note([secondRoot, ...second.begins.map((operation) => inDomain(labs, operation))]);
      await company.#readFirst();
      return company;
    } catch (error) {
      await connector[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Notes operations; the next moment that the connector sees is after them. */
  note(operations: readonly Operation[]): void {
    for (const operation of operations) this.directory.apply(operation);
    this.operations.push(...operations);
    this.connector.note(operations);
    for (const [domain, hands] of this.#hands)
      hands.note(operations.filter((each) => each !== secondRoot && domainOfOperation(each) === domain));
  }

  /** Lets the connector see what was noted of one domain, and waits until LastPass is what the oracle says. */
  async happen(domain: Domain = corp): Promise<void> {
    const changes = known(this.#hands, domain).sinceLast();
    await this.connector.run.appendTo(domain.directory, { type: 'changes', changes, caughtUp: true });
    await this.connector.settle();
    await this.connector.check();
  }

  /** All domains are read, and nothing happens before they are. */
  async #readFirst(): Promise<void> {
    for (const domain of this.#hands.keys()) await this.#read(domain);
    await this.connector.settle();
    await this.connector.check();
  }

  /** Has a domain read afresh, with what was noted; whoever is gone is looked up and found deleted. */
  async readEverything(domain: Domain = corp): Promise<void> {
    await this.#read(domain);
    await this.connector.settle();
    await this.connector.check();
  }

  async #read(domain: Domain): Promise<void> {
    const hands = known(this.#hands, domain);
    const generation = ++this.#generation;
    const gone = hands.sinceLast().filter(({ deleted }) => deleted);
    const [users, groups] = [scope.userBases, scope.groupBases].map((ids) =>
      ids.map((id) => hands.guidOf(domain.mark + id)),
    );
    const bases = { version: basesVersion(directory), users: users ?? [], groups: groups ?? [], missing: [] };
    await this.connector.run.appendTo(
      domain.directory,
      { type: 'begin', generation, gap: false, bases },
      { type: 'page', generation, changes: hands.everything() },
      { type: 'listed', generation },
      { type: 'looked-up', changes: gone },
      { type: 'end', generation },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connector[Symbol.asyncDispose]();
  }
}
