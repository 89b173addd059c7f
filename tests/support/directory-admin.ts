/** An administrator's hands on a directory: makes changes over LDAPS, one after the other. */
import { readFileSync } from 'node:fs';
import { ridOf } from '@connector/active-directory/attribute-values.ts';
import { guidText } from '@connector/active-directory/guid.ts';
import { escapeRdnValue, parentDn, rdnOf } from '@connector/shared/dn.ts';
import { Attribute, Change, Client, Control } from 'ldapts';

const timeoutMs = 20_000;
const showDeleted = () => new Control('1.2.840.113556.1.4.417', { critical: true });
const treeDelete = () => new Control('1.2.840.113556.1.4.805', { critical: true });

/** userAccountControl of an enabled account without a password, and the bit that disables it (MS-ADTS 2.2.16). */
const normalAccount = 0x220;
const disabledBit = 2;

export interface NewUser {
  /** The `cn`, unescaped. */
  readonly name: string;
  /** DN of the container above. */
  readonly ou: string;
  readonly mail?: string | undefined;
  readonly givenName?: string | undefined;
  readonly sn?: string | undefined;
  readonly displayName?: string | undefined;
  /** sAMAccountName; default: one made up. */
  readonly sam?: string | undefined;
  readonly disabled?: boolean | undefined;
}

export interface NewGroup {
  readonly name: string;
  readonly ou: string;
  /** DNs. */
  readonly members?: readonly string[] | undefined;
}

/** What `SambaDomain` tells, or any other directory's administrator knows. */
export interface AdminLogin {
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly adminDn: string;
  readonly adminPassword: string;
  readonly baseDn: string;
}

/** An object as LDAP addresses it: its DN, or its objectGUID. */
export type ObjectName = string;

const addressOf = (object: ObjectName): string => (/^[0-9a-f-]{36}$/i.test(object) ? `<GUID=${object}>` : object);

let accounts = 0;
const madeUpAccountName = () => `t${process.pid.toString(36)}-${(++accounts).toString(36)}`;

export class DirectoryAdmin implements AsyncDisposable {
  readonly #login: AdminLogin;
  #client: Client | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(login: AdminLogin) {
    this.#login = login;
  }

  /** Makes a person; gives the objectGUID. */
  async createUser(user: NewUser): Promise<string> {
    const { mail, givenName, sn, displayName } = user;
    const given = Object.entries({ mail, givenName, sn, displayName }).filter(([, value]) => value !== undefined);
    return await this.#add(`CN=${escapeRdnValue(user.name)},${user.ou}`, {
      ...(Object.fromEntries(given) as Record<string, string>),
      objectClass: 'user',
      sAMAccountName: user.sam ?? madeUpAccountName(),
      userAccountControl: String(user.disabled ? normalAccount | disabledBit : normalAccount),
    });
  }

  /** Makes a global security group; gives the objectGUID. */
  async createGroup({ name, ou, members = [] }: NewGroup): Promise<string> {
    return await this.#add(`CN=${escapeRdnValue(name)},${ou}`, {
      objectClass: 'group',
      sAMAccountName: madeUpAccountName(),
      ...(members.length > 0 ? { member: [...members] } : {}),
    });
  }

  /** Makes an OU below the container with the DN `above`; gives the objectGUID. */
  async createOu({ name, above = this.#login.baseDn }: { name: string; above?: string }): Promise<string> {
    return await this.#add(`OU=${escapeRdnValue(name)},${above}`, { objectClass: 'organizationalUnit' });
  }

  /** Sets attributes; `null` or an empty list clears one. */
  async modify(object: ObjectName, values: Record<string, string | readonly string[] | null>): Promise<void> {
    const changes = Object.entries(values).map(([type, value]) =>
      change('replace', type, value === null ? [] : [value].flat()),
    );
    await this.#do((client) => client.modify(addressOf(object), changes));
  }

  /** Gives an object a new name where it is. */
  async rename(object: ObjectName, name: string): Promise<void> {
    const dn = await this.dnOf(object);
    const type = rdnOf(dn).split('=')[0] ?? 'CN';
    await this.#moveTo(dn, `${type}=${escapeRdnValue(name)}`, parentDn(dn));
  }

  /** Moves an object, with all below it, into the container with the DN `ou`. */
  async move(object: ObjectName, ou: string): Promise<void> {
    const dn = await this.dnOf(object);
    await this.#moveTo(dn, rdnOf(dn), ou);
  }

  async addMember(group: ObjectName, member: ObjectName): Promise<void> {
    await this.#changeMember(group, 'add', member);
  }

  async removeMember(group: ObjectName, member: ObjectName): Promise<void> {
    await this.#changeMember(group, 'delete', member);
  }

  async disable(user: ObjectName): Promise<void> {
    await this.modify(user, { userAccountControl: String(normalAccount | disabledBit) });
  }

  async enable(user: ObjectName): Promise<void> {
    await this.modify(user, { userAccountControl: String(normalAccount) });
  }

  /** Deletes an object that has nothing below it. */
  async delete(object: ObjectName): Promise<void> {
    await this.#do((client) => client.del(addressOf(object)));
  }

  /** Deletes a container with all below it. */
  async deleteTree(object: ObjectName): Promise<void> {
    const dn = await this.dnOf(object);
    await this.#do((client) => client.del(dn, treeDelete()));
  }

  /** Brings a deleted object back by its objectGUID, to `dn`; without its groups, as AD without a recycle bin does. */
  async undelete(guid: string, dn: string): Promise<void> {
    const changes = [change('delete', 'isDeleted', []), change('replace', 'distinguishedName', [dn])];
    const deleted = await this.#read(guid, 'objectGUID', [showDeleted()]); // Samba refuses <GUID=…> here
    await this.#do((client) => client.modify(deleted.dn, changes, showDeleted()));
  }

  async dnOf(object: ObjectName): Promise<string> {
    return (await this.#read(object, 'objectGUID')).dn;
  }

  async guidOf(object: ObjectName): Promise<string> {
    const { objectGUID } = await this.#read(object, 'objectGUID');
    const guid = Buffer.isBuffer(objectGUID) ? guidText(objectGUID) : null;
    if (guid === null) throw new Error(`${object} has no objectGUID`);
    return guid;
  }

  /** The last part of its SID, by which primaryGroupID names a group. */
  async ridOf(object: ObjectName): Promise<string> {
    const { objectSid } = await this.#read(object, 'objectSid');
    const rid = Buffer.isBuffer(objectSid) ? ridOf(objectSid) : null;
    if (rid === null) throw new Error(`${object} has no objectSid`);
    return String(rid);
  }

  /** Makes an object of any kind; gives the objectGUID. */
  async create(dn: string, attributes: Record<string, string | string[]>): Promise<string> {
    return await this.#add(dn, attributes);
  }

  /** Closes the connection, such as before the directory breaks it; the next operation opens another one. */
  async hangUp(): Promise<void> {
    await this.#queue;
    await this.#client?.unbind();
    this.#client = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hangUp();
  }

  async #add(dn: string, attributes: Record<string, string | string[]>): Promise<string> {
    await this.#do((client) => client.add(dn, attributes));
    return await this.guidOf(dn);
  }

  async #changeMember(group: ObjectName, operation: 'add' | 'delete', member: ObjectName): Promise<void> {
    const dn = await this.dnOf(member);
    await this.#do((client) => client.modify(addressOf(group), change(operation, 'member', [dn])));
  }

  async #moveTo(dn: string, rdn: string, parent: string): Promise<void> {
    // ldapts cuts the new DN at the first comma that no backslash precedes, so none may end an RDN.
    const safe = rdn.replace(/\\\\/g, '\\5C').replace(/\\,/g, '\\2C');
    await this.#do((client) => client.modifyDN(dn, `${safe},${parent}`));
  }

  async #read(object: ObjectName, attribute: string, controls: Control[] = []) {
    const options = { scope: 'base' as const, attributes: [attribute], explicitBufferAttributes: [attribute] };
    const { searchEntries } = await this.#do((client) => client.search(addressOf(object), options, controls));
    const [entry] = searchEntries;
    if (entry === undefined) throw new Error(`${object} isn't in the directory`);
    return entry;
  }

  /** Operations wait for each other: two that meet on a lost connection of ldapts would hang for ever. */
  async #do<T>(operation: (client: Client) => Promise<T>): Promise<T> {
    const result = this.#queue.then(async () => operation(await this.#connected()));
    this.#queue = result.catch(() => undefined);
    return await result;
  }

  async #connected(): Promise<Client> {
    if (this.#client?.isBound) return this.#client;
    const { ldapsUrl: url, caFile, adminDn, adminPassword } = this.#login;
    const tlsOptions = { ca: readFileSync(caFile) };
    const client = new Client({ url, tlsOptions, timeout: timeoutMs, connectTimeout: timeoutMs });
    await client.bind(adminDn, adminPassword);
    this.#client = client;
    return client;
  }
}

const change = (operation: 'add' | 'delete' | 'replace', type: string, values: string[]): Change =>
  new Change({ operation, modification: new Attribute({ type, values }) });
