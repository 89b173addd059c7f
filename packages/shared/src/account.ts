/** A LastPass user as we know it. */
import { z } from 'zod';

export const account = z.strictObject({
  /** The user name, an e-mail address in lower case: what commands call the account by. */
  username: z.string(),
  /** The numeric id that getuserdata keys users by; `null` until a read has told it. */
  id: z.string().nullable(),
  fullname: z.string(),
  disabled: z.boolean(),
  admin: z.boolean(),
  /** Names of its groups, sorted. */
  groups: z.array(z.string()),
  /** Invited, not yet accepted: listed by address only, so the other values are unknown. */
  invited: z.boolean(),
  /** objectGUID that a connector wrote into `attribs` when it created the account. */
  objectGuid: z.string().nullable(),
  /** Directory id that a connector wrote into `attribs`. */
  directory: z.string().nullable(),
});
export type Account = z.infer<typeof account>;
