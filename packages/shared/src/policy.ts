/** The policy: who should have an account, and what becomes of the accounts of those who go. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DnSyntaxError, normaliseDnPattern } from './dn.ts';
import { durationMs, writeDuration } from './duration.ts';

/** What is done with a leaver's account. `nothing` keeps the link and takes no step of any kind. */
export const leaverAction = z.enum(['disable', 'remove', 'delete', 'nothing']);
export type LeaverAction = z.infer<typeof leaverAction>;

const grace = z.strictObject({
  action: z.enum(['remove', 'delete']).describe('What is done in the end.'),
  after: durationMs.describe('How long they must have been gone: disabled until then, enabled should they return.'),
});

/** What becomes of a leaver's account: at once; or it is disabled now, and removed or deleted once they were gone for so long. */
export const leaverPolicy = z.union([leaverAction, grace], {
  error:
    'must be one of disable, remove, delete, nothing; or, with a time to think it over, {action: remove, after: 30d}',
});
export type LeaverPolicy = z.infer<typeof leaverPolicy>;

export const guardLimits = z.strictObject({
  maxLeavers: z
    .number()
    .int()
    .min(0)
    .default(10)
    .describe('So many leavers within an hour pass, whatever their share.'),
  maxLeaversPercent: z
    .number()
    .min(0)
    .max(100)
    .default(5)
    .describe('So large a share of the people with a linked account passes, up to `maxLeaversHard`.'),
  maxLeaversHard: z.number().int().min(0).default(50).describe('More leavers than this never pass by themselves.'),
  firstCreates: z
    .number()
    .int()
    .min(0)
    .default(10)
    .describe(
      'So many accounts the first run against a tenant creates; the others are held until somebody has looked at `connector preview` and confirms it with `connector sync --confirm-first`.',
    ),
});
export type GuardLimits = z.infer<typeof guardLimits>;

/** Whether a text is a DN of several parts, some of which may have a `*`. */
function isDnPattern(entry: string): boolean {
  try {
    return normaliseDnPattern(entry).includes(',');
  } catch (error) {
    if (error instanceof DnSyntaxError) return false;
    throw error;
  }
}

/**
 * An entry of `excludeUsers` or `excludeGroups`. YAML reads `[CN=Ann,OU=Staff]` as two entries, of which neither would
 * exclude anybody; and no sAMAccountName has a comma or an equals sign (MS-SAMR 3.1.1.6).
 */
const exclusion = z.string().refine((entry) => (/[=,]/.test(entry) ? isDnPattern(entry) : entry.trim() !== ''), {
  error: ({ input }) =>
    `"${String(input)}" is neither a whole DN nor a sAMAccountName; write each on a line of its own, such as "- svc-*" or "- CN=Ann,OU=Staff,DC=corp,DC=example,DC=com"`,
});

/** How people log in whose accounts are made: by a master password of their own; or by their directory, and whose K1 it takes then. */
export const federationMode = z.enum(['off', 'companyKey', 'userKey']);
export type FederationMode = z.infer<typeof federationMode>;

const rules = z.strictObject({
  onDetected: z
    .enum(['create', 'approve', 'ignore'])
    .default('create')
    .describe(
      'Somebody in scope without an account: create it, create it once a person approves (`connector pending`, `approve`, `reject`), or ignore them. An existing account with their address is linked in any case.',
    ),
  onDeleted: leaverPolicy
    .default('disable')
    .describe(
      'What becomes of the account of somebody who was deleted in AD: disable it, remove it (from the company; the vault goes on elsewhere), delete it (with the vault), or nothing. With a time to think it over, `{action: remove, after: 30d}`: disabled now, removed once they were gone for so long, enabled when they return.',
    ),
  onDisabled: leaverPolicy
    .default('disable')
    .describe('Likewise of somebody who is disabled in AD, or has expired there.'),
  onRemovedFromFilter: leaverPolicy
    .default('disable')
    .describe('Likewise of somebody who has left `groupFilter` or `userBases`, or is excluded.'),
  groupFilter: z
    .array(z.string().min(1))
    .default([])
    .describe('Groups, by DN or cn, whose members, nested ones too, are in scope. `[]`: everybody below `userBases`.'),
  excludeUsers: z
    .array(exclusion)
    .default([])
    .describe(
      'Who is out of scope whatever the filter says, such as service accounts: by DN or sAMAccountName, `*` for any characters.',
    ),
  excludeGroups: z
    .array(exclusion)
    .default([])
    .describe(
      'Groups, by DN, sAMAccountName or cn, `*` likewise, that never become LastPass groups and whose members, nested ones too, are out of scope, such as Domain Admins.',
    ),
  memberships: z
    .enum(['filtered', 'all', 'none'])
    .default('filtered')
    .describe(
      'Which AD groups become LastPass groups: `filtered`, those of `groupFilter`; `all`, those below `groupBases`; or `none`.',
    ),
  federation: federationMode
    .default('off')
    .describe(
      'How those log in who get an account from now on: `off`, by a master password that they choose; or by [federated log-in](federation.md), with one key of the company’s for all (`companyKey`), or one for each in a confidential attribute (`userKey`). It takes what `federation` below says, and not `onDetected: approve`.',
    ),
  guard: guardLimits
    .default(guardLimits.parse({}))
    .describe(
      'Leavers wait for a person’s word (`connector held`, `release`, `reject`) when within an hour there are more than `maxLeavers` and also more than `maxLeaversPercent`, or more than `maxLeaversHard`.',
    ),
});
export const policy = rules.superRefine(({ federation, onDetected }, context) => {
  if (federation === 'off' || onDetected !== 'approve') return;
  context.addIssue({
    code: 'custom',
    path: ['federation'],
    message: `${federation} doesn't go with onDetected: approve, as LastPass wants a federated user's account made at once, and never pending; write onDetected: create, or federation: off`,
  });
});
export type Policy = z.infer<typeof policy>;

/** A policy as people write it: with durations in words. */
export type WrittenPolicy = z.input<typeof policy>;

const writtenLeaver = (action: LeaverPolicy): z.input<typeof leaverPolicy> =>
  typeof action === 'string' ? action : { ...action, after: writeDuration(action.after) };

/** The same policy as people write it, every key of it. */
export const written = (current: Policy): WrittenPolicy => ({
  ...current,
  onDeleted: writtenLeaver(current.onDeleted),
  onDisabled: writtenLeaver(current.onDisabled),
  onRemovedFromFilter: writtenLeaver(current.onRemovedFromFilter),
});

/** A key of a policy, and what it is in two of them, as people write it. */
export interface PolicyChange {
  /** Such as `groupFilter` or `guard.maxLeavers`. */
  readonly key: string;
  readonly was: z.core.util.JSONType;
  readonly is: z.core.util.JSONType;
}

/** The keys in which two policies differ. */
export function policyChanges(was: Policy, is: Policy): PolicyChange[] {
  const before = new Map(leavesOf(was));
  return leavesOf(is).flatMap(([key, now]) => {
    const then = before.get(key) ?? null;
    return JSON.stringify(then) === JSON.stringify(now) ? [] : [{ key, was: then, is: now }];
  });
}

function leavesOf(current: Policy): [key: string, value: z.core.util.JSONType][] {
  const { guard: _, ...rest } = written(current);
  const limits = Object.entries(current.guard).map(([key, value]) => [`guard.${key}`, value] as const);
  return [...Object.entries(rest), ...limits].map(([key, value]) => [key, z.json().parse(value)]);
}

/** What of one directory's configuration decides who is in scope, and in which groups. */
export interface Bases {
  readonly id: string;
  readonly userBases: readonly string[];
  readonly groupBases: readonly string[];
  /** What the names of its LastPass groups begin with. Default: ''. */
  readonly groupPrefix?: string;
}

const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** Names a directory's bases: a mirror built under other ones isn't planned from. */
export const basesVersion = ({ userBases, groupBases }: Pick<Bases, 'userBases' | 'groupBases'>): string =>
  digest({ userBases, groupBases });

/**
 * Names everything that decides who is a leaver, or in which groups. Limits of the guard aren't part of it: changing one changes nobody's
 * scope. Nor is a prefix, or a federation, that there isn't: what was in force before there were any stays so.
 */
export function policyVersion(current: Policy, directories: readonly Bases[]): string {
  const { guard: _limits, federation, ...others } = current;
  const rules = { ...others, ...(federation === 'off' ? {} : { federation }) };
  const bases = directories.map(({ id, userBases, groupBases, groupPrefix = '' }) => ({
    ...{ id, userBases, groupBases },
    ...(groupPrefix === '' ? {} : { groupPrefix }),
  }));
  return digest({ rules, bases });
}

/** The first run against a tenant: until somebody has confirmed it, `firstCreates` people get accounts at most. */
export const firstRun = z.strictObject({
  /** So many creates the guard has let pass. */
  passed: z.number().int(),
});
export type FirstRun = z.infer<typeof firstRun>;

/** A policy as it is stored: as people write it, every key of it. */
const writtenPolicy = z
  .record(z.string(), z.json())
  .refine((stored) => policy.safeParse(stored).success, 'is no policy of this release');

/** The policy in force, as Redis remembers it. */
export const policyState = z.strictObject({
  version: z.string(),
  /** Whether a complete read under this policy has been planned; until then every leaver is held. */
  settled: z.boolean(),
  /** Directory id → the generation that was there when it came into force: the complete read must be a younger one. */
  after: z.record(z.string(), z.number().int()),
  /** `null` once somebody has confirmed it. */
  firstRun: firstRun.nullable().default(null),
  /** Its number in the history; 0 where it came into force before one was kept. */
  number: z.number().int().default(0),
  /** The policy itself, as people write it; `null` where it came into force before a history was kept. */
  written: writtenPolicy.nullable().default(null),
  /** Who has set it, and when (ms since 1970): until it is reset it counts, whatever the configuration says. `null`: it is the configuration's. */
  set: z.strictObject({ by: z.string(), atMs: z.number() }).nullable().default(null),
});
export type PolicyState = z.infer<typeof policyState>;

/** The policy that counts for who has this configuration: the one that somebody has set since, else the configured one. */
export const policyOf = (inForce: PolicyState | null, configured: Policy): Policy =>
  inForce?.set == null ? configured : policy.parse(inForce.written);

/** A policy that is, or was, in force. */
export const numberedPolicy = z.strictObject({
  /** The first is 1. */
  number: z.number().int(),
  by: z.string(),
  /** ms since 1970. */
  atMs: z.number(),
  /** Where it came from: `configuration`, or somebody has `set` it. */
  from: z.enum(['configuration', 'set']),
  written: writtenPolicy,
});
export type NumberedPolicy = z.infer<typeof numberedPolicy>;
