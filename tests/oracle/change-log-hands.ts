/**
 * Carries operations out on a directory that is nothing but a change log: what they come to together is written there as one
 * answer of DirSync, so that whoever reads it sees the moment after them and none between.
 */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { escapeRdnValue } from '@connector/shared/dn.ts';
import {
  type DirectoryModel,
  type Group,
  type Id,
  known,
  type Operation,
  type Person,
} from '../acceptance/directory-model.ts';
import { corp, type Domain, domainOf } from './domains.ts';

/** userAccountControl of an ordinary account, and the bit that disables it (MS-ADTS 2.2.16). */
const [normalAccount, disabledBit] = [0x200, 2];
const longAgoMs = Date.UTC(2020, 0, 1);

type Described = Omit<DirectoryChange, 'complete' | 'members' | 'memberOf'>;

export class ChangeLogHands {
  readonly #model: DirectoryModel;
  readonly #guids = new Map<Id, string>();
  readonly #domain: Domain;
  readonly #ouNames = new Map<Id, string>();
  /** What was told of each object last. */
  readonly #told = new Map<Id, Described>();
  readonly #toldMembers = new Map<Id, ReadonlySet<Id>>();

  /**
   * @param model to which the operations are applied before they are told here
   * @param domain of which alone this log tells
   */
  constructor(model: DirectoryModel, domain: Domain = corp) {
    this.#model = model;
    this.#domain = domain;
    this.#ouNames.set(domain.mark, 'DC=example,DC=test');
    this.#make(domain.mark);
  }

  guidOf(id: Id): string {
    return known(this.#guids, id);
  }

  /** Notes operations; the next answer tells what they came to. */
  note(operations: readonly Operation[]): void {
    for (const operation of operations) {
      if (operation.kind === 'create-ou') this.#make(operation.ou);
      if (operation.kind === 'create-person') this.#make(operation.person);
      if (operation.kind === 'create-group') this.#make(operation.group);
      if (operation.kind === 'create-ou' || operation.kind === 'rename-ou')
        this.#ouNames.set(operation.ou, `OU=${escapeRdnValue(operation.name)}`);
    }
  }

  /** Everything that there is, each object whole. */
  everything(): DirectoryChange[] {
    this.#told.clear();
    this.#toldMembers.clear();
    for (const { id, deleted } of this.#own(this.#model.people)) if (deleted) this.#told.set(id, this.#tombstone(id));
    return this.sinceLast();
  }

  /** What is other than when it was asked for last. */
  sinceLast(): DirectoryChange[] {
    const { people, groups } = this.#model;
    const root = this.#domain.mark;
    const ous = [...this.#model.ous.keys()].filter((ou) => ou !== root && domainOf(ou) === this.#domain);
    const now = new Map<Id, Described>([
      [root, { guid: this.guidOf(root), kind: 'container', rdn: known(this.#ouNames, root), parent: null }],
      ...ous.map((ou) => [ou, this.#container(ou)] as const),
      ...this.#own(people).map((person) => [person.id, this.#user(person)] as const),
      ...this.#own(groups).map((group) => [group.id, this.#group(group)] as const),
    ]);
    const changes = [...now].flatMap(([id, described]) => this.#difference(id, described));
    for (const id of this.#told.keys()) if (!now.has(id)) changes.push(this.#gone(id));
    return changes;
  }

  /** Those of the domain. */
  #own<T extends { readonly id: Id }>(all: ReadonlyMap<Id, T>): T[] {
    return [...all.values()].filter(({ id }) => domainOf(id) === this.#domain);
  }

  #make(id: Id): void {
    const group = this.#domain === corp ? '8000' : '9000';
    this.#guids.set(id, `00000000-0000-4000-${group}-${String(this.#guids.size + 1).padStart(12, '0')}`);
  }

  #difference(id: Id, now: Described): DirectoryChange[] {
    const told = this.#told.get(id);
    this.#told.set(id, now);
    const members = this.#memberChange(id);
    if (JSON.stringify(told) === JSON.stringify(now) && members === null) return [];
    if (now.deleted) return [{ ...now, complete: false }];
    const isBack = told?.deleted === true;
    const back = isBack ? { memberOf: this.#groupsWith(id) } : {};
    if (told === undefined || isBack) return [{ ...now, complete: true, ...(members ?? {}), ...back }];
    const changed = Object.entries(now).filter(([key, value]) => value !== told[key as keyof Described]);
    return [{ guid: now.guid, complete: false, ...Object.fromEntries(changed), ...(members ?? {}) }];
  }

  #gone(id: Id): DirectoryChange {
    this.#told.delete(id);
    this.#toldMembers.delete(id);
    return { ...this.#tombstone(id), complete: false };
  }

  #tombstone(id: Id): Described {
    return { guid: this.guidOf(id), deleted: true };
  }

  #memberChange(id: Id): Pick<DirectoryChange, 'members'> | null {
    const group = this.#model.groups.get(id);
    if (!group) return null;
    const told = this.#toldMembers.get(id);
    const now = new Set(group.members);
    this.#toldMembers.set(id, now);
    if (told === undefined) return { members: { mode: 'replace', add: this.#guidsOf(now), remove: [] } };
    const [add, remove] = [now.difference(told), told.difference(now)];
    if (add.size + remove.size === 0) return null;
    return { members: { mode: 'delta', add: this.#guidsOf(add), remove: this.#guidsOf(remove) } };
  }

  #guidsOf(ids: Iterable<Id>): string[] {
    return [...ids].map((id) => this.guidOf(id));
  }

  #groupsWith(member: Id): string[] {
    return this.#guidsOf(
      [...this.#model.groups.values()].filter(({ members }) => members.has(member)).map(({ id }) => id),
    );
  }

  #container(ou: Id): Described {
    const parent = this.guidOf(known(this.#model.ous, ou));
    return { guid: this.guidOf(ou), kind: 'container', rdn: known(this.#ouNames, ou), parent };
  }

  #group({ id, cn, ou }: Group): Described {
    return { guid: this.guidOf(id), kind: 'group', rdn: `CN=${escapeRdnValue(cn)}`, parent: this.guidOf(ou) };
  }

  #user(person: Person): Described {
    const { id, cn, ou, mail, displayName, givenName, sn, sam, disabled, expired, deleted } = person;
    if (deleted) return this.#tombstone(id);
    return {
      guid: this.guidOf(id),
      kind: 'user',
      rdn: `CN=${escapeRdnValue(cn)}`,
      parent: this.guidOf(ou),
      mail,
      displayName,
      givenName,
      sn,
      sAMAccountName: sam ?? id,
      userAccountControl: disabled ? normalAccount | disabledBit : normalAccount,
      accountExpiresMs: expired ? longAgoMs : null,
    };
  }
}
