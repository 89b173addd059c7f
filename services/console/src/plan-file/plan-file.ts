/**
 * A plan file: what a preview found, for people to review and for `connector apply` to do. It says which tenant and which Redis it
 * is about, and what each person's steps were planned from, so that a reviewer sees what is changed into what.
 */
import type { Account } from '@connector/shared/account.ts';
import type { Configuration } from '@connector/shared/configuration.ts';
import { tenantDigest } from '@connector/shared/credentials.ts';
import { step } from '@connector/shared/plan.ts';
import { type Policy, policyVersion } from '@connector/shared/policy.ts';
import type { StoppedPerson } from '@connector/sync/preview/not-sent.ts';
import type { Preview } from '@connector/sync/preview/preview.ts';
import { z } from 'zod';

/** What the file says that it is. */
export const planFormat = 'connector-plan';
/** Grows when an older release could take a file for something else than it is. */
export const planFormatVersion = 1;

/** The account before, as far as steps change it. */
const accountBefore = z.strictObject({
  fullname: z.string(),
  disabled: z.boolean(),
  invited: z.boolean(),
  groups: z.array(z.string()),
});

export const plannedPerson = z.strictObject({
  /** Person key. */
  person: z.string().regex(/^[^/]+\/[^/]+$/, 'must be a person key, <directory id>/<objectGUID>'),
  username: z.string(),
  name: z.string(),
  /** Sent by itself, or only once somebody has said so. */
  outcome: z.enum(['sent', 'held', 'pending']),
  /** Why it would be held, or pending. */
  because: z.string().nullable(),
  /** What the steps were planned from; `null` without an account. */
  account: accountBefore.nullable(),
  steps: z.array(step),
});
export type PlannedPerson = z.infer<typeof plannedPerson>;

/** What says whether a file is about this connector. */
export const planPlace = z.strictObject({
  /** Names the tenant (`tenantDigest`). */
  tenant: z.string(),
  /** `redis.prefix`. */
  prefix: z.string(),
  policyVersion: z.string(),
});
export type PlanPlace = z.infer<typeof planPlace>;

/** What a file of this connector says. @param policy the one that counts */
export const placeOf = (
  { lastpass, redis, directories }: Pick<Configuration, 'lastpass' | 'redis' | 'directories'>,
  policy: Policy,
): PlanPlace => ({
  tenant: tenantDigest(lastpass),
  prefix: redis.prefix,
  policyVersion: policyVersion(policy, directories),
});

export const planFile = z.strictObject({
  format: z.literal(planFormat),
  version: z.literal(planFormatVersion),
  madeAt: z.iso.datetime(),
  /** Who has made it. */
  by: z.string(),
  ...planPlace.shape,
  /** Ids. */
  directories: z.array(z.string()),
  /** What both ends had. */
  read: z.strictObject({ objects: z.number().int(), accounts: z.number().int() }),
  /** How much it was when it was made: a reviewer may have taken something out since. */
  counts: z.strictObject({ people: z.number().int(), steps: z.number().int() }),
  people: z.array(plannedPerson),
});
export type PlanFile = z.infer<typeof planFile>;

/** Somebody of whom a part would be held is there twice. */
export const countPeople = (people: readonly { readonly person: string }[]): number =>
  new Set(people.map(({ person }) => person)).size;

export const countSteps = (people: readonly { readonly steps: readonly unknown[] }[]): number =>
  people.reduce((sum, { steps }) => sum + steps.length, 0);

/** A plan file that was written, and where. */
export interface WrittenPlan {
  readonly file: string;
  readonly plan: Pick<PlanFile, 'counts'>;
}

type Shown = Pick<StoppedPerson, 'person' | 'username' | 'name' | 'account' | 'steps'> & { readonly because?: string };

/** What is told of an account before. */
export const before = ({ fullname, disabled, invited, groups }: Account): z.infer<typeof accountBefore> => ({
  fullname,
  disabled,
  invited,
  groups,
});

const planned = (outcome: PlannedPerson['outcome'], people: readonly Shown[]): PlannedPerson[] =>
  people
    .map(({ person, username, name, account, steps, because = null }) => ({
      person,
      username,
      name,
      outcome,
      because,
      account: account && before(account),
      steps: [...steps],
    }))
    .sort((a, b) => compare(a.username, b.username) || compare(a.person, b.person));

/** By code units: the same order on every machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Makes a plan file of a preview: who would be sent, held, pending, each by user name. */
export function planFileOf(
  { sent, held, pending, read }: Preview,
  {
    by,
    madeAtMs,
    place,
    directories,
  }: { by: string; madeAtMs: number; place: PlanPlace; directories: readonly string[] },
): PlanFile {
  const people = [...planned('sent', sent), ...planned('held', held), ...planned('pending', pending)];
  return {
    format: planFormat,
    version: planFormatVersion,
    madeAt: new Date(madeAtMs).toISOString(),
    by,
    ...place,
    directories: [...directories],
    read,
    counts: { people: countPeople(people), steps: countSteps(people) },
    people,
  };
}
