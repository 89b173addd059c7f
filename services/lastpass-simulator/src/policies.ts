/** The company's policies, each for everyone or for some groups. One of them changes what the simulator does. */
import { z } from 'zod';
import type { User } from './user.ts';

/** With it a new member of a group has the group's shared folders at once (LastPass's FAQ on the connector). */
const PRE_CREATE_SHARING_KEY = 'pre-create sharing key';

export const policy = z.strictObject({
  name: z.string().trim().min(1),
  /** `everyone`, or names of groups. */
  appliesTo: z.union([z.literal('everyone'), z.array(z.string().min(1))]).default('everyone'),
});
export type Policy = z.infer<typeof policy>;

export const policyList = z
  .array(policy)
  .refine((policies) => new Set(policies.map(keyOf)).size === policies.length, 'two policies have one name');

/** What tells policies apart: their names, in any case. */
export function keyOf({ name }: Policy): string {
  return name.toLowerCase();
}

/** Whether this is the policy under which nobody waits for shared folders. */
export function isPreCreateSharingKey(one: Policy): boolean {
  return keyOf(one) === PRE_CREATE_SHARING_KEY;
}

export function appliesTo({ appliesTo: scope }: Policy, user: User): boolean {
  if (scope === 'everyone') return true;
  const groups = new Set(scope.map((name) => name.toLowerCase()));
  return user.groups.some((name) => groups.has(name.toLowerCase()));
}
