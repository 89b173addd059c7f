/** A company whose directory is a change log, followed by one connector: each round of operations is one moment. */
import { basesVersion } from '@connector/shared/policy.ts';
import { filterNames, founding, ous } from '../acceptance/company.ts';
import type { Id, Operation } from '../acceptance/directory-model.ts';
import { DirectoryModel } from '../acceptance/directory-model.ts';
import type { Servers } from '../faults/pipeline.ts';
import { ChangeLogHands } from './change-log-hands.ts';
import { Connector } from './connector.ts';
import type { Policy, Scope } from './rules.ts';
import type { Switches } from './switches.ts';

export const scope: Scope = {
  userBases: [ous.people, ous.berlin],
  groupBases: [ous.groups],
  groupFilter: filterNames,
  excludedPrefix: 'svc-',
  excludeGroups: ['Admins'],
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
}

export class ChangeLogCompany implements AsyncDisposable {
  readonly connector: Connector;
  readonly directory: DirectoryModel;
  /** Everything that happened in the directory. */
  readonly operations: Operation[] = [];
  readonly #hands: ChangeLogHands;
  #generation = 0;

  private constructor(connector: Connector, directory: DirectoryModel, hands: ChangeLogHands) {
    this.connector = connector;
    this.directory = directory;
    this.#hands = hands;
  }

  /** Everything is there and has arrived. */
  static async create(servers: Servers, options: CompanyOptions): Promise<ChangeLogCompany> {
    const { policy, switches, before, people = 0, more = [] } = options;
    const model = new DirectoryModel();
    const hands = new ChangeLogHands(model);
    const guidOf = (id: Id) => hands.guidOf(id);
    const connector = await Connector.create(servers, {
      ...{ policy, scope, switches, before, directory, guidOf },
      model,
    });
    const company = new ChangeLogCompany(connector, model, hands);
    try {
      company.note([...founding(people), ...excluded, ...more]);
      await company.readEverything();
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
    this.#hands.note(operations);
  }

  /** Lets the connector see what was noted, and waits until LastPass is what the oracle says. */
  async happen(): Promise<void> {
    await this.connector.run.append({ type: 'changes', changes: this.#hands.sinceLast(), caughtUp: true });
    await this.connector.settle();
    await this.connector.check();
  }

  /** Has the directory read afresh, with what was noted; whoever is gone is looked up and found deleted. */
  async readEverything(): Promise<void> {
    const generation = ++this.#generation;
    const gone = this.#hands.sinceLast().filter(({ deleted }) => deleted);
    const [users, groups] = [scope.userBases, scope.groupBases].map((ids) => ids.map((id) => this.#hands.guidOf(id)));
    const bases = { version: basesVersion(directory), users: users ?? [], groups: groups ?? [], missing: [] };
    await this.connector.run.append(
      { type: 'begin', generation, gap: false, bases },
      { type: 'page', generation, changes: this.#hands.everything() },
      { type: 'listed', generation },
      { type: 'looked-up', changes: gone },
      { type: 'end', generation },
    );
    await this.connector.settle();
    await this.connector.check();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connector[Symbol.asyncDispose]();
  }
}
