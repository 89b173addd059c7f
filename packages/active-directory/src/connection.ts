/** A connection to one domain controller, with everything that the connector asks of a directory. */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { type AttributeKind, readAttributeKind } from './attribute-kind.ts';
import { type AttributeLook, type AttributeSeen, lookAtAttribute } from './attribute-look.ts';
import { type AttributeRights, readAttributeRights } from './attribute-rights.ts';
import {
  type KeptSecret,
  type NewSecret,
  readSecret,
  type SecretPlace,
  writeSecretOnce,
} from './confidential-attribute.ts';
import { seesDeletedObjects } from './deleted-objects.ts';
import { bookmarkNow, type ChangesPart, readChanges } from './directory-changes.ts';
import { mayFollowChanges } from './dirsync-right.ts';
import { type Abilities, type DomainController, readAbilities, readDomainController } from './domain-controller.ts';
import { guidOfEntry } from './entry-to-change.ts';
import { DirectoryError } from './errors.ts';
import { readEverything } from './full-read.ts';
import type { LdapChannel } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';
import { ldapCode } from './ldap-failure.ts';
import { type DirectoryOptions, type OpenedChannel, openChannel } from './open-channel.ts';
import { type GroupEntry, type PersonEntry, readGroups, readPeople } from './people-and-groups.ts';
import { type QueryLimits, readLimits } from './query-policy.ts';
import { lookUpAll } from './read-object.ts';
import { trusteeOf } from './trustee.ts';
import { type Claimant, findClaimant, groupsAmong, type LockOut, lockOutOf } from './who-signs-in.ts';

export type { DirectoryOptions } from './open-channel.ts';

/**
 * Connects to the first domain controller that will do (see `openChannel`), and signs in.
 * @param signal ends the attempt, or the connection
 * @throws DirectoryError unreachable, dns-failed, certificate-untrusted, certificate-name-mismatch, start-tls-refused,
 *   bind-refused, tls-required, read-failed, no-answer; the signal's reason when that is given first
 */
export async function connectDirectory(options: DirectoryOptions, signal?: AbortSignal): Promise<DirectoryConnection> {
  return new DirectoryConnection(await openChannel(options, signal));
}

/** When the connection is lost, it is lost for good: every call rejects with connection-lost. Connect anew. */
export class DirectoryConnection implements AsyncDisposable {
  /** DN of the domain's root. */
  readonly namingContext: string;
  /** Whether no other address would have been a better choice. */
  readonly isFirstChoice: boolean;
  readonly #channel: LdapChannel;

  constructor({ channel, namingContext, isFirstChoice }: OpenedChannel) {
    this.#channel = channel;
    this.namingContext = namingContext;
    this.isFirstChoice = isFirstChoice;
  }

  /** The address that is connected to. */
  get url(): string {
    return this.#channel.url;
  }

  /** Resolves with the reason when the connection has ended, whoever ended it. */
  get ended(): Promise<DirectoryError> {
    return this.#channel.ended;
  }

  /** Which domain controller this is and where it stands, read anew. */
  async domainController(): Promise<DomainController> {
    return await readDomainController(this.#channel);
  }

  /** What this domain controller can do, and what its clock says. */
  async abilities(): Promise<Abilities> {
    return await readAbilities(this.#channel);
  }

  /** Whether deletions are to be seen; see `deleted-objects`. */
  async canReadDeletedObjects(): Promise<boolean> {
    return await seesDeletedObjects(this.#channel, this.namingContext);
  }

  /** Whether changes may be asked for; see `dirsync-right`. */
  async mayFollowChanges(): Promise<boolean> {
    return await mayFollowChanges(this.#channel, this.namingContext);
  }

  /** What `dsacls` is to call the account that signs in under a name; see `trusteeOf`. */
  async trusteeOf(bindDn: string): Promise<string | undefined> {
    return await trusteeOf(this.#channel, { namingContext: this.namingContext, bindDn });
  }

  /** objectGUID of the object with a DN. @throws DirectoryError base-not-found */
  async resolveGuid(dn: string): Promise<string> {
    return guidOfEntry(await this.#required(dn, 'objectGUID'));
  }

  /** An object that has to be there, with one attribute. */
  async #required(dn: string, attribute: string): Promise<LdapEntry> {
    try {
      const { entries } = await this.#channel.search({ base: dn, scope: 'base', attributes: [attribute] });
      const [entry] = entries; // one that may not be read has no attributes
      if (entry?.values.has(attribute.toLowerCase())) return entry;
      throw baseNotFound(dn, this.url);
    } catch (error) {
      throw isNotFound(error) ? baseNotFound(dn, this.url, error) : error;
    }
  }

  /** Who is meant by a name that somebody types to sign in; see `findClaimant`. */
  async findClaimant(typed: string): Promise<Claimant | null> {
    return await findClaimant(this.#channel, this.namingContext, typed);
  }

  /** When the domain locks an account that has no password policy of its own. */
  async lockOut(): Promise<LockOut> {
    return await lockOutOf(this.#channel, this.namingContext);
  }

  /** Which of some groups an account is in, see `groupsAmong`; and which aren't there: nobody is in them. */
  async groupsAmong(
    guid: string,
    groups: readonly string[],
  ): Promise<{ readonly among: readonly string[]; readonly missing: readonly string[] }> {
    const sids = new Map<string, Buffer>();
    const missing: string[] = [];
    for (const dn of groups) {
      const group = await this.#required(dn, 'objectSid').catch((error: unknown) => {
        if (error instanceof DirectoryError && error.code === 'base-not-found') return null;
        throw error;
      });
      const sid = group?.values.get('objectsid')?.[0];
      if (sid === undefined) missing.push(dn);
      else sids.set(dn, sid);
    }
    return { among: await groupsAmong(this.#channel, guid, { sids, nowMs: Date.now() }), missing };
  }

  /** A cookie for now: `changesSince` will tell what changes from here on. */
  async bookmark(): Promise<Buffer> {
    return await bookmarkNow(this.#channel, this.namingContext);
  }

  /**
   * What changed since a cookie, up to now, in parts, each of which is wholly used before the next one is read: nothing else can be asked
   * on this connection meanwhile, and it ends when they aren't taken to the last.
   * @throws DirectoryError cookie-refused, …
   */
  changesSince(cookie: Buffer): AsyncGenerator<ChangesPart, void, undefined> {
    return readChanges(this.#channel, { base: this.namingContext, cookie });
  }

  /**
   * All live objects, whole, in pages. Whatever cuts the read short throws.
   * @param pageSize 1 … 500
   */
  everything({ pageSize = 500 }: { pageSize?: number } = {}): AsyncGenerator<DirectoryChange[], void, undefined> {
    return readEverything(this.#channel, { base: this.namingContext, pageSize });
  }

  /** Everybody in the domain, in pages; for counting them. */
  people(): AsyncGenerator<PersonEntry[], void, undefined> {
    return readPeople(this.#channel, this.namingContext);
  }

  /** All groups of the domain, in pages; without their members. */
  groups(): AsyncGenerator<GroupEntry[], void, undefined> {
    return readGroups(this.#channel, this.namingContext);
  }

  /** How much the server gives at once, see `query-policy`; `null` where it may not be read. */
  async limits(): Promise<QueryLimits | null> {
    return await readLimits(this.#channel);
  }

  /** Objects by objectGUID, in the order asked for: each whole with `memberOf`, or `deleted`, or `absent`. */
  async lookUp(guids: readonly string[]): Promise<DirectoryChange[]> {
    return await lookUpAll(this.#channel, guids);
  }

  /** Whether a secret may be kept in an attribute; see `attribute-kind`. */
  async attributeKind(name: string): Promise<AttributeKind> {
    return await readAttributeKind(this.#channel, name);
  }

  /** What the account may do with an attribute of one object; see `attribute-rights`. */
  async attributeRights(place: SecretPlace): Promise<AttributeRights> {
    return await readAttributeRights(this.#channel, place);
  }

  /** What keeps the account from keeping secrets in an attribute of people; see `attribute-look`. */
  async lookAtAttribute(look: Omit<AttributeLook, 'namingContext'>): Promise<AttributeSeen> {
    return await lookAtAttribute(this.#channel, { ...look, namingContext: this.namingContext });
  }

  /** The secret in an attribute; `null` also where the account may not read it; see `readSecret`. */
  async readSecret(place: SecretPlace): Promise<string | null> {
    return await readSecret(this.#channel, place);
  }

  /** Writes a secret where there is none, and tells what is there then; see `writeSecretOnce`. */
  async writeSecretOnce(secret: Omit<NewSecret, 'namingContext'>): Promise<KeptSecret> {
    return await writeSecretOnce(this.#channel, { ...secret, namingContext: this.namingContext });
  }

  async close(): Promise<void> {
    await this.#channel.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const nowhere: readonly (number | undefined)[] = [ldapCode.noSuchObject, ldapCode.invalidDnSyntax, ldapCode.referral];

const isNotFound = (error: unknown): error is DirectoryError =>
  error instanceof DirectoryError && nowhere.includes(error.ldapCode);

function baseNotFound(dn: string, url: string, cause?: DirectoryError): DirectoryError {
  const problem =
    cause?.ldapCode === ldapCode.referral
      ? `${dn} belongs to another domain than ${url} does; give that one an entry of its own in directories`
      : `${url} knows no ${dn}, or doesn't show it to this account; check the DN`;
  return new DirectoryError('base-not-found', problem, {
    cause,
    ...(cause?.ldapCode === undefined ? {} : { ldapCode: cause.ldapCode }),
  });
}
