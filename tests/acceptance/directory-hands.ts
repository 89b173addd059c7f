/** Carries operations out on a real directory. */
import { escapeRdnValue } from '@connector/shared/dn.ts';
import type { AdminLogin } from '../support/directory-admin.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { type Id, known, type Operation, root } from './directory-model.ts';

/** accountExpires as AD writes it: units of 100 ns since 1601, 0 for never (MS-ADTS 2.3.4.1). */
const [longAgo, never] = ['132000000000000000', '0'];

export class DirectoryHands implements AsyncDisposable {
  readonly #login: AdminLogin;
  #admin: DirectoryAdmin;
  /** Id → objectGUID. */
  readonly #guids = new Map<Id, string>();
  readonly #root: Id;

  /** @param domainRoot the id of the domain's root */
  constructor(login: AdminLogin, domainRoot: Id = root) {
    this.#login = login;
    this.#root = domainRoot;
    this.#admin = new DirectoryAdmin(login);
  }

  /** After the domain controller was away. */
  async reconnect(): Promise<void> {
    await this.#admin[Symbol.asyncDispose]().catch(() => undefined); // the connection that is given up is dead anyway
    this.#admin = new DirectoryAdmin(this.#login);
  }

  guidOf(id: Id): string {
    return known(this.#guids, id);
  }

  async #dnOf(ou: Id): Promise<string> {
    return ou === this.#root ? this.#login.baseDn : await this.#admin.dnOf(this.guidOf(ou));
  }

  /** Carries one out; resolves when the directory has answered. */
  async perform(operation: Operation): Promise<void> {
    const admin = this.#admin;
    switch (operation.kind) {
      case 'create-ou': {
        const { ou, name, above } = operation;
        this.#guids.set(ou, await admin.createOu({ name, above: await this.#dnOf(above) }));
        return;
      }
      case 'rename-ou':
        return await admin.rename(this.guidOf(operation.ou), operation.name);
      case 'move-ou':
        return await admin.move(this.guidOf(operation.ou), await this.#dnOf(operation.above));
      case 'delete-tree':
        return await admin.deleteTree(this.guidOf(operation.ou));
      case 'create-group': {
        const ou = await this.#dnOf(operation.ou);
        this.#guids.set(operation.group, await admin.createGroup({ name: operation.cn, ou }));
        return;
      }
      case 'delete-group':
        return await admin.delete(this.guidOf(operation.group));
      case 'add-member':
        return await admin.addMember(this.guidOf(operation.group), this.guidOf(operation.member));
      case 'remove-member':
        return await admin.removeMember(this.guidOf(operation.group), this.guidOf(operation.member));
      default:
        return await this.#performOnPerson(operation);
    }
  }

  async #performOnPerson(operation: Extract<Operation, { person: Id }>): Promise<void> {
    const admin = this.#admin;
    if (operation.kind === 'create-person') return await this.#createPerson(operation);
    const guid = this.guidOf(operation.person);
    switch (operation.kind) {
      case 'modify': {
        const { displayName, mail } = operation;
        const name = displayName === undefined ? {} : { displayName };
        return await admin.modify(guid, { ...name, ...(mail === undefined ? {} : { mail }) });
      }
      case 'rename-cn':
        return await admin.rename(guid, operation.cn);
      case 'rename-account':
        return await admin.modify(guid, { sAMAccountName: operation.sam });
      case 'move':
        return await admin.move(guid, await this.#dnOf(operation.ou));
      case 'disable':
        return await admin.disable(guid);
      case 'enable':
        return await admin.enable(guid);
      case 'expire':
        return await admin.modify(guid, { accountExpires: longAgo });
      case 'unexpire':
        return await admin.modify(guid, { accountExpires: never });
      case 'delete':
        return await admin.delete(guid);
      case 'restore':
        return await admin.undelete(guid, `CN=${escapeRdnValue(operation.cn)},${await this.#dnOf(operation.ou)}`);
    }
  }

  async #createPerson(operation: Extract<Operation, { kind: 'create-person' }>): Promise<void> {
    const { person, cn, ou, mail, displayName, givenName, sn, sam, disabled } = operation;
    const user = { name: cn, ou: await this.#dnOf(ou), mail, displayName, givenName, sn, sam, disabled };
    const given = Object.fromEntries(Object.entries(user).filter(([, value]) => value !== null && value !== undefined));
    this.#guids.set(person, await this.#admin.createUser({ name: cn, ou: user.ou, ...given }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin[Symbol.asyncDispose]();
  }
}
