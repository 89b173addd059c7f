/**
 * What a directory says about one of its objects: the unit of the change log.
 *
 * A change is a *patch*. A key that is present sets the value, `null` clears it, a key that is missing leaves it as it
 * was. A patch that is `complete` describes the whole object: what it doesn't name isn't there. Patches say what is true
 * when they are read, never what happened, so applying one twice, or one that a later read has overtaken, does no harm.
 */
import { z } from 'zod';

/** An objectGUID in its usual text form, lower case: `6f9619ff-8b86-d011-b42d-00c04fc964ff`. */
export const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

export const memberPatch = z.strictObject({
  /** `replace`: `add` is the whole list. `delta`: `add` came in, `remove` went out. */
  mode: z.enum(['replace', 'delta']),
  add: z.array(guid),
  remove: z.array(guid),
});
export type MemberPatch = z.infer<typeof memberPatch>;

export const directoryChange = z.strictObject({
  guid,
  /** What the object is; missing in a patch, as its class never changes. Containers are OUs, containers and the domain's root. */
  kind: z.enum(['user', 'group', 'container']).optional(),
  /** Whether this is the whole object, not only what changed. */
  complete: z.boolean(),
  /** A tombstone: the proof that the object was deleted (MS-ADTS 3.1.1.1.5). */
  deleted: z.boolean().optional(),
  /** Looked up by `<GUID=…>`, deleted objects included, and not found: neither there nor proved deleted. */
  absent: z.boolean().optional(),
  /** The RDN as the server writes it, such as `OU=Sales\, North`. */
  rdn: z.string().optional(),
  /** objectGUID of the object above; `null` for the domain's root. */
  parent: guid.nullable().optional(),
  mail: z.string().nullable().optional(),
  displayName: z.string().nullable().optional(),
  givenName: z.string().nullable().optional(),
  sn: z.string().nullable().optional(),
  sAMAccountName: z.string().nullable().optional(),
  /** Bits of userAccountControl (MS-ADTS 2.2.16): 2 = disabled, 0x800 = inter-domain trust. */
  userAccountControl: z.number().int().nullable().optional(),
  /** accountExpires as milliseconds since 1970; `null` = never. */
  accountExpiresMs: z.number().nullable().optional(),
  /** RID of the primary group, which isn't in that group's `member`. */
  primaryGroupId: z.number().int().nullable().optional(),
  /** RID of a group: the last part of its objectSid. */
  rid: z.number().int().nullable().optional(),
  isCriticalSystemObject: z.boolean().nullable().optional(),
  /** A group's direct members, by objectGUID. */
  members: memberPatch.optional(),
  /**
   * Was deleted and is back: what a deletion takes, memberships above all, is gone, whether or not the deletion was seen.
   * Without AD's recycle bin no group tells that it has lost a member so.
   */
  restored: z.boolean().optional(),
  /** Groups that hold this object directly; only where it was looked up by itself. It leaves no group by this. */
  memberOf: z.array(guid).optional(),
});
export type DirectoryChange = z.infer<typeof directoryChange>;
