/** What services say to each other about one account: links, plans, decisions and what stands in a person's way. */
import { z } from 'zod';
import { federationMode } from './policy.ts';

/** Whose K1 a federated user's hidden master password is made of: the company's, or one of their own. */
const federatedBy = federationMode.exclude(['off']);
export type FederatedBy = z.infer<typeof federatedBy>;

/** objectGUID ↔ account. Made once; from then on a rename, a move or a new mail is an update. */
export const link = z.strictObject({
  /** The listed user name. */
  username: z.string(),
  /** LastPass' numeric id, `null` until it was read. */
  id: z.string().nullable(),
  /** The connector disabled the account, so the connector may enable it again. */
  disabledByUs: z.boolean(),
  /** The connector was about to remove or delete the account: if it is gone, the link has ended. */
  removedByUs: z.boolean().default(false),
  /**
   * Until then a disabling or removal that was sent may still be carried out, whatever LastPass lists: ms since 1970. Whose link has it is asked
   * for once more when the time has passed.
   */
  settlesAtMs: z.number().optional(),
  /** Asked of LastPass as the new address: the old one stays listed, and is what commands use, until the person logs in. */
  changingTo: z.string().optional(),
  /** Its person logs in by federated log-in, with this K1: LastPass takes no other address for them. */
  federated: federatedBy.optional(),
  /** Somebody has asked for its person's log-in to become such a one: until it is, nothing else is done to the account but what a leaver's wants. */
  federating: federatedBy.optional(),
  /** Since when its person is gone, ms since 1970, where the policy gives a time before the account is removed. */
  leftAtMs: z.number().optional(),
  /**
   * Found again through the account's attribs, when what was remembered is lost, and something about it is open: why the person has
   * left, or who has disabled the account. A person's word is asked for either.
   */
  regained: z.literal(true).optional(),
  /** Disabled while Redis forgot what happened, by the connector or somebody else: a person's word is asked for. */
  disabledBy: z.literal('unknown').optional(),
});
export type Link = z.infer<typeof link>;

/** The link of somebody whose account was just made, or found to be. */
export const newLink = (username: string, { id, federated }: Pick<Link, 'id' | 'federated'>): Link => ({
  ...{ username, id, disabledByUs: false, removedByUs: false },
  ...(federated === undefined ? {} : { federated }),
});

/** Whether an account can be the link's: names pass on, ids don't. */
export const isLinkedTo = (current: Link | null, account: { readonly id: string | null }): boolean =>
  current === null || current.id === null || account.id === null || current.id === account.id;

const because = z.string();

/** One thing to do to an account, and why. The last four are what the guard counts: they make the plan a leaver's. */
export const step = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('create'),
    fullname: z.string(),
    groups: z.array(z.string()),
    /** Only once somebody has approved it: until then the person is *pending*. */
    needsApproval: z.literal(true).optional(),
    /** Part of the first run against the tenant, of which the guard lets only so many pass. */
    firstRun: z.literal(true).optional(),
    /** The person is to log in by federated log-in, with this K1. */
    federated: federatedBy.optional(),
    because,
  }),
  /** Somebody has asked for this person's log-in to become a federated one: their key is registered. */
  z.strictObject({ kind: z.literal('federate'), federated: federatedBy, because }),
  z.strictObject({ kind: z.literal('rename'), fullname: z.string(), because }),
  z.strictObject({ kind: z.literal('change-email'), to: z.string(), because }),
  z.strictObject({
    kind: z.literal('enable'),
    /** Who has disabled the account isn't known any more: only once somebody has released it. */
    uncertain: z.literal(true).optional(),
    because,
  }),
  z.strictObject({ kind: z.literal('join-groups'), groups: z.array(z.string()), because }),
  z.strictObject({ kind: z.literal('leave-groups'), groups: z.array(z.string()), because }),
  z.strictObject({ kind: z.literal('disable'), because }),
  z.strictObject({ kind: z.literal('withdraw'), because }),
  z.strictObject({ kind: z.literal('remove'), because }),
  z.strictObject({ kind: z.literal('delete'), because }),
]);
export type Step = z.infer<typeof step>;

const leaverKinds: readonly Step['kind'][] = ['disable', 'withdraw', 'remove', 'delete'];

/** Whether a step takes access from somebody. */
export const isLeaverStep = ({ kind }: Step): boolean => leaverKinds.includes(kind);

/** Whether a step waits for a person's approval. */
export const needsApproval = (candidate: Step): boolean =>
  candidate.kind === 'create' && candidate.needsApproval === true;

/** Whether a step is one of the creates that the guard counts in the first run. */
export const isFirstCreate = (candidate: Step): boolean => candidate.kind === 'create' && candidate.firstRun === true;

/** Whether a step enables an account of which nobody knows any more who has disabled it. */
export const isUncertain = (candidate: Step): boolean => candidate.kind === 'enable' && candidate.uncertain === true;

/** Whether a step waits for a word: the guard's, or a person's. */
export const isGuarded = (candidate: Step): boolean =>
  isLeaverStep(candidate) ||
  candidate.kind === 'leave-groups' ||
  needsApproval(candidate) ||
  isFirstCreate(candidate) ||
  isUncertain(candidate);

/** The steps for one account, with the version of everything that they were computed from. */
export const plan = z.strictObject({
  username: z.string(),
  /** How people know the person: the name, else the address. */
  name: z.string(),
  steps: z.array(step).min(1),
  /** Names the guarded steps: a decision is about exactly these. `null` without any. */
  guarded: z.string().nullable(),
  /** The guard, or a person, let the guarded steps go. */
  cleared: z.boolean(),
  /** Only a person can let them go, and why. */
  mustHold: z.string().nullable(),
  /** The guarded steps are right even if the domain controller lags behind: the person is proved deleted, or only disabled as AD is. */
  certain: z.boolean().default(false),
  /** Why the guard stopped them. */
  heldBecause: z.string().nullable(),
  inputs: z.strictObject({
    /** Reading of the clock when the directory's side last changed. */
    touched: z.number().int(),
    /** The account (JSON as stored), `null` when there is none. */
    account: z.string().nullable(),
    policy: z.string(),
  }),
  /** When it was made, ms since 1970. */
  madeAtMs: z.number(),
  /** The newest change in the directory (`changeId`) that led to it, for the log; missing where none did. */
  change: z.string().optional(),
});
export type Plan = z.infer<typeof plan>;

/** What the guard or a person has decided about somebody's guarded steps. Void as soon as these change. */
export const decision = z.strictObject({
  guarded: z.string(),
  /** The guard lets pass; a person releases what the guard held, approves a new person's account, rejects either, or undoes. */
  verdict: z.enum(['passed', 'released', 'approved', 'rejected', 'undone']),
  by: z.string(),
  atMs: z.number(),
});
export type Decision = z.infer<typeof decision>;

/** Somebody's account was disabled a short while ago, which can be undone. */
export const disabling = z.strictObject({
  username: z.string(),
  name: z.string(),
  because: z.string(),
  /** Names what was done, and for which reason: a decision to undo it is about exactly this. */
  digest: z.string(),
  atMs: z.number(),
});
export type Disabling = z.infer<typeof disabling>;

/** Why somebody can't be synced, for people to read. */
export const setAside = z.strictObject({
  name: z.string(),
  reason: z.string(),
  /** What kind of obstacle: of the directory's data, deleted by hand at LastPass, refused by LastPass, or for want of a licence. */
  kind: z.enum(['data', 'drift', 'refused', 'no-seat']),
  sinceMs: z.number(),
});
export type SetAside = z.infer<typeof setAside>;

/** Whether it is LastPass that doesn't take the person's steps, which stay as they are and are tried again. */
export const isRefusal = (aside: SetAside | null): boolean => aside?.kind === 'refused' || aside?.kind === 'no-seat';

/** A create that may have been sent. It is never repeated before LastPass was asked. */
export const intent = z.strictObject({
  username: z.string(),
  fullname: z.string(),
  groups: z.array(z.string()),
  /** As in the step. What it was made of is at the key registrar, and nowhere here. */
  federated: federatedBy.optional(),
  /** Until then it may still be under way, even if LastPass doesn't list the account: ms since 1970. */
  settlesAtMs: z.number(),
});
export type Intent = z.infer<typeof intent>;

/** When all accounts were last read. */
export const accountsRead = z.strictObject({
  atMs: z.number(),
  total: z.number().int(),
  answered: z.string().nullable(),
  /** How many of them take a licence; missing in what an older release has written. */
  licensed: z.number().int().optional(),
});
export type AccountsRead = z.infer<typeof accountsRead>;

/** LastPass refused the credentials. */
export const alarm = z.strictObject({
  message: z.string(),
  sinceMs: z.number(),
  /** Nobody tries again before. */
  tryAgainAtMs: z.number(),
});
export type Alarm = z.infer<typeof alarm>;

/** How a running service is. */
export const condition = z.strictObject({
  ready: z.boolean(),
  /** What stands in its way, with the remedy; empty when ready. */
  problems: z.array(z.string()),
  atMs: z.number(),
  startedAtMs: z.number(),
  pid: z.number(),
  host: z.string(),
});
export type Condition = z.infer<typeof condition>;
