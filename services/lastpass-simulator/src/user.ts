/**
 * A user of the simulated tenant, field by field as getuserdata shows it (the same names), plus its id and what pends.
 *
 * A seed may leave out everything but the username; `completeUser` fills in what a fresh LastPass user has.
 */
import { z } from 'zod';
import { wireTime } from './wire-time.ts';

/** An e-mail address as the server keeps it: lower case, no blanks. */
export const username = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address');

const count = z.number().int().min(0).nullable();

export const userSeed = z.strictObject({
  /** The numeric string that getuserdata keys the user by; the next free one where it is missing. */
  id: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, 'must be a number written as a string, such as "449022543"')
    .optional(),
  username,
  fullname: z.string().optional(),
  groups: z.array(z.string().min(1)).optional(),
  disabled: z.boolean().optional(),
  admin: z.boolean().optional(),
  neverloggedin: z.boolean().optional(),
  created: z.string().optional(),
  last_pw_change: z.string().optional(),
  /** `""` before the first log-in. */
  last_login: z.string().optional(),
  mpstrength: z.string().optional(),
  totalscore: z.string().nullable().optional(),
  duousername: z.string().nullable().optional(),
  securidusername: z.string().nullable().optional(),
  sites: count.optional(),
  notes: count.optional(),
  formfills: count.optional(),
  applications: count.optional(),
  attachments: count.optional(),
  password_reset_required: z.boolean().optional(),
  /** The free map that batchadd stores; objectGUID in LastPass's own sample. */
  attribs: z.record(z.string(), z.unknown()).optional(),
  /** The second factor that is set up; missing where there is none. disablemultifactor takes it away. */
  multifactor: z.string().min(1).optional(),
  /** What PBKDF2 makes of the master password that a batchadd has set, as base64; missing where none has. Never on the wire. */
  master_key: z.string().min(1).optional(),
  /** The e-mail that becomes the username with the next log-in, after an updateemail. Never on the wire. */
  pending_email: username.optional(),
});
export type UserSeed = z.infer<typeof userSeed>;

type Optional = 'attribs' | 'multifactor' | 'master_key' | 'pending_email';

/** A user with every field known; `attribs`, a second factor, a master key and a pending e-mail may be missing. */
export type User = { [K in Exclude<keyof UserSeed, Optional>]-?: Exclude<UserSeed[K], undefined> } & {
  attribs?: Record<string, unknown>;
  multifactor?: string;
  master_key?: string;
  pending_email?: string;
};

/** A whole user from a seed: who has a `last_login`, or `neverloggedin: false`, looks like somebody at work. */
export function completeUser(seed: UserSeed, { id, now }: { id: string; now: Date }): User {
  const neverloggedin = seed.neverloggedin ?? (seed.last_login ?? '') === '';
  const created = seed.created ?? wireTime(now);
  const whole = { ...freshUser(created), ...(neverloggedin ? {} : loggedIn(created)), neverloggedin };
  return { ...whole, ...given(seed), id: seed.id ?? id };
}

/** A copy whose keys come in one order, however the user came about. */
export function copyOf({ id, username: name, attribs, multifactor, master_key, pending_email, ...rest }: User): User {
  return {
    ...{ id, username: name, ...rest, groups: [...rest.groups] },
    ...(attribs ? { attribs } : {}),
    ...(multifactor === undefined ? {} : { multifactor }),
    ...(master_key === undefined ? {} : { master_key }),
    ...(pending_email === undefined ? {} : { pending_email }),
  };
}

/** The fields that the first log-in changes. */
export function loggedIn(moment: string) {
  return {
    neverloggedin: false,
    last_login: moment,
    mpstrength: '100',
    totalscore: '0',
    sites: 0,
    notes: 0,
    formfills: 0,
    applications: 0,
    attachments: 0,
    password_reset_required: false,
  };
}

/** The fields that a later log-in changes: a new password, where one was required, has been chosen. */
export function loggedInAgain({ password_reset_required }: User, moment: string) {
  const chosen = password_reset_required ? { password_reset_required: false, last_pw_change: moment } : {};
  return { last_login: moment, ...chosen };
}

function freshUser(created: string): Omit<User, 'id' | 'username' | 'neverloggedin'> {
  return {
    fullname: '',
    groups: [],
    disabled: false,
    admin: false,
    created,
    last_pw_change: created,
    last_login: '',
    mpstrength: '0',
    totalscore: null,
    duousername: null,
    securidusername: null,
    sites: null,
    notes: null,
    formfills: null,
    applications: null,
    attachments: null,
    password_reset_required: true,
  };
}

type Given = { [K in keyof UserSeed]?: Exclude<UserSeed[K], undefined> } & { username: string };

/** The seed without keys whose value is `undefined`, which would otherwise wipe the defaults. */
function given(seed: UserSeed): Given {
  return Object.fromEntries(Object.entries(seed).filter(([, value]) => value !== undefined)) as Given;
}
