/** What the mirror keeps of one object of the directory. Where it lies follows from `parent`; who belongs to whom is kept in sets. */
import { createHash } from 'node:crypto';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { DnSyntaxError, rdnValue } from '@connector/shared/dn.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { z } from 'zod';

export const mirrorObject = z.strictObject({
  kind: z.enum(['user', 'group', 'container']),
  rdn: z.string(),
  /** objectGUID of the object above, `null` for the root or when unknown. */
  parent: z.string().nullable(),
  /** Proved by a tombstone. */
  deleted: z.boolean(),
  /** Missing from a complete read and not found by itself either: proves nothing. */
  absent: z.boolean(),
  mail: z.string().nullable(),
  displayName: z.string().nullable(),
  givenName: z.string().nullable(),
  sn: z.string().nullable(),
  sAMAccountName: z.string().nullable(),
  /** `null` when the service account may not read it. */
  userAccountControl: z.number().nullable(),
  accountExpiresMs: z.number().nullable(),
  primaryGroupId: z.number().nullable(),
  rid: z.number().nullable(),
  isCriticalSystemObject: z.boolean(),
});
export type MirrorObject = Readonly<z.infer<typeof mirrorObject>>;

const blank: Omit<MirrorObject, 'kind'> = {
  rdn: '',
  parent: null,
  deleted: false,
  absent: false,
  mail: null,
  displayName: null,
  givenName: null,
  sn: null,
  sAMAccountName: null,
  userAccountControl: null,
  accountExpiresMs: null,
  primaryGroupId: null,
  rid: null,
  isCriticalSystemObject: false,
};

const given = <T>(value: T | undefined, otherwise: T): T => (value === undefined ? otherwise : value);

/** The object after a change: what the change names is set, the rest stays, or is blank when the change describes it whole. */
export function changed(old: MirrorObject | null, change: DirectoryChange): MirrorObject | null {
  const kind = change.kind ?? old?.kind;
  if (kind === undefined) return null;
  const base = change.complete || old === null ? { ...blank, rdn: old?.rdn ?? '', parent: old?.parent ?? null } : old;
  return {
    kind,
    rdn: given(change.rdn, base.rdn),
    parent: given(change.parent, base.parent),
    deleted: false,
    absent: false,
    mail: given(change.mail, base.mail),
    displayName: given(change.displayName, base.displayName),
    givenName: given(change.givenName, base.givenName),
    sn: given(change.sn, base.sn),
    sAMAccountName: given(change.sAMAccountName, base.sAMAccountName),
    userAccountControl: given(change.userAccountControl, base.userAccountControl),
    accountExpiresMs: given(change.accountExpiresMs, base.accountExpiresMs),
    primaryGroupId: given(change.primaryGroupId, base.primaryGroupId),
    rid: given(change.rid, base.rid),
    isCriticalSystemObject: given(change.isCriticalSystemObject, base.isCriticalSystemObject) ?? false,
  };
}

/** A person whose tombstone was seen: what is known of them stays, for people to read; their address is free. */
export const tombstone = (old: MirrorObject | null): MirrorObject => ({
  ...blank,
  ...old,
  kind: 'user',
  deleted: true,
  absent: false,
});

/** A person of whom nothing is known but that an account is theirs, and that the directory has neither them nor a tombstone. */
export const absentPerson: MirrorObject = { ...blank, kind: 'user', absent: true };

/** The name that a group is known by. */
export function nameOf({ rdn }: MirrorObject): string {
  try {
    return rdnValue(rdn);
  } catch (error) {
    if (error instanceof DnSyntaxError) return rdn.slice(rdn.indexOf('=') + 1); // one bad name mustn't stop the others
    throw error;
  }
}

/** The addresses that a person answers to in the index; none once deleted. */
export const indexedMail = (object: MirrorObject | null): string | null =>
  object === null || object.deleted || object.kind !== 'user' || object.mail === null || object.mail.trim() === ''
    ? null
    : folded(object.mail);

/** A short name for anything that can be told apart by its JSON. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
