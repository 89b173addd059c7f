/**
 * How the simulated tenant behaves where the public record of the Enterprise API is silent or contradicts itself, and
 * the credentials it accepts. Each default is explained; `PUT /control/settings` changes any of them while it runs.
 */
import { z } from 'zod';
import { isTimeZone } from './account-time.ts';

/** The provhash accepted unless another is given: 64 characters, as LastPass's own are. */
export const REHEARSAL_PROVHASH = '5eed'.repeat(16);

export const settings = z.strictObject({
  /** The account number; calls may send it as a number or as a string. */
  cid: z.string().regex(/^\d+$/, 'must be digits').default('12345678'),
  provhash: z.string().min(1).default(REHEARSAL_PROVHASH),
  /** What lets a connector register the keys of federated users (docs/federation.md); null: there is no key registrar. */
  keyRegistrarToken: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable, without blanks')
    .nullable()
    .default(null),
  /** Added to every call, in milliseconds, before it is carried out. */
  latencyMs: z.number().int().min(0).max(600_000).default(0),
  /** `groups` of a batchadd for an existing user: taken as the whole list (the more harmful reading) or joined. */
  batchaddGroups: z.enum(['replace', 'add']).default('replace'),
  /** Whether batchadd enables a disabled user again; enableuser is the only documented way. */
  batchaddReenables: z.boolean().default(false),
  /** What a batchadd with a refused entry does to the others: nothing, or what it says. */
  batchaddRefusal: z.enum(['none-applied', 'others-applied']).default('none-applied'),
  /** getuserdata for an unknown `username`: `"Users":[]`, or an `error` array. */
  unknownUsername: z.enum(['empty', 'error']).default('empty'),
  /** When updateemail takes effect: with the next log-in under the old name, as documented, or at once. */
  updateEmail: z.enum(['two-phase', 'instant']).default('two-phase'),
  /** Entries in one batch above which `overLargestBatch` applies; null = any number. */
  largestBatch: z.number().int().min(1).nullable().default(null),
  /** A larger batch: carried out with a `message` in the answer (batchadd), or refused with HTTP 413 (every list). */
  overLargestBatch: z.enum(['message', '413']).default('message'),
  /** The form of `error` in a FAIL. */
  errorForm: z.enum(['string', 'array']).default('string'),
  /** `groups` of a user who has none: no such key, or `[]`. */
  noGroups: z.enum(['missing', 'empty-list']).default('missing'),
  /** Licences; a create or an enable beyond them is refused. A disabled user takes none. null = any number. */
  seats: z.number().int().min(0).nullable().default(null),
  /** The refusal for want of a seat: one error for each user, by name, or one that names nobody. */
  seatRefusal: z.enum(['names-users', 'names-nobody']).default('names-users'),
  /** Whether getuserdata gives back the `attribs` that batchadd stored. */
  attribs: z.enum(['returned', 'left-out']).default('returned'),
  /** `linked`, `multifactor`, `legacytotalscore` and `hasSharingKeys` of each user in getuserdata. */
  optionalUserFields: z.enum(['left-out', 'present']).default('left-out'),
  /** `unchanged_users` of disableuser and enableuser, where there are any. */
  unchangedUsers: z.enum(['listed', 'left-out']).default('listed'),
  /** The form of the flags in getsfdata: 0 and 1, "0" and "1", or booleans. */
  folderFlags: z.enum(['number', 'string', 'boolean']).default('number'),
  /** Company administrators in every folder of getsfdata, as documented, or only in those shared to them. */
  superAdmins: z.enum(['listed', 'left-out']).default('listed'),
  /** Whether getsfdata lists disabled members, who can't get at the folder. */
  disabledInFolders: z.enum(['left-out', 'listed']).default('left-out'),
  /** What getsfdata and reporting send where there is nothing: `[]`, as PHP writes an empty map, or `{}`. */
  emptyMap: z.enum(['array', 'object']).default('array'),
  /** Events in one answer of reporting; LastPass's number is the most. */
  eventsPerCall: z.number().int().min(1).max(10_000).default(10_000),
  /** How reporting spells actions: `Employee Account Created`, or `Employee account created`. */
  actionCase: z.enum(['title', 'sentence']).default('title'),
  /** The account's own time zone, for the times of reporting; LastPass's documentation speaks of US/Eastern. */
  timeZone: z
    .string()
    .refine(isTimeZone, 'must be a time zone such as UTC, US/Eastern or Europe/Berlin')
    .default('UTC'),
  /** Days after which a master password has expired (expiredmasterpwlist); null = never. */
  masterPasswordDays: z.number().int().min(0).nullable().default(null),
});
export type Settings = z.infer<typeof settings>;

/** A change of some settings; a key that is missing stays as it is. */
export const settingsPatch = z.strictObject(
  Object.fromEntries(Object.entries(settings.shape).map(([key, schema]) => [key, schema.unwrap().optional()])) as {
    [K in keyof typeof settings.shape]: z.ZodOptional<ReturnType<(typeof settings.shape)[K]['unwrap']>>;
  },
);
export type SettingsPatch = z.infer<typeof settingsPatch>;

/** The settings with a patch applied. */
export function patched(current: Settings, patch: SettingsPatch): Settings {
  return settings.parse({ ...current, ...patch });
}
