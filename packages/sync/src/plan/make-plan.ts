/**
 * The planner: what must be done about one person's account, and why. A pure function of what is known; it decides, and
 * others do.
 *
 * | the person | without an account of theirs | with one |
 * |---|---|---|
 * | in scope, enabled | policy `onDetected`, or adopt the account that has their address | name, groups and status as in AD |
 * | disabled or expired | adopt and disable; never create | policy `onDisabled` |
 * | out of scope, deleted | nothing | policy `onRemovedFromFilter`, `onDeleted` |
 * | missing, but not proved deleted | nothing | as if deleted, and always held |
 */
import type { Account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import type { Decision, Link, Step } from '@connector/shared/plan.ts';
import { isGuarded, isLeaverStep, isUncertain, needsApproval } from '@connector/shared/plan.ts';
import { digestOf, type MirrorObject, nameOf } from '../mirror/mirror-object.ts';
import { type Leaving, type LeavingInputs, leavingOf } from './leaving.ts';
import { allBefore, firstBefore, type Other, ownedElsewhere, passesOn, standingOf } from './mail-owner.ts';

/** Everything that a plan depends on. */
export interface PlanInputs extends LeavingInputs {
  /** Names of the LastPass groups that the person should be in. */
  readonly groups: readonly string[];
  /** Names, folded, of the LastPass groups that AD owns: only these are ever left. */
  readonly ownedGroups: ReadonlySet<string>;
  /** The linked account; without a link, the one that was created for the person, else the one that has their address. */
  readonly account: Account | null;
  /** Who else that account is linked to, and whether they are proved deleted. */
  readonly accountHolder: (Other & { readonly deleted: boolean; readonly link: Link }) | null;
  /** Without a link: the account's attribs name the person, so it was created for them. */
  readonly recognised: boolean;
  /** User names of the accounts whose attribs name the person, where there are several. */
  readonly severalAccounts: readonly string[];
  /** Without a link: another living person whom the attribs of the account name. */
  readonly createdFor: PersonKey | null;
  /** Why LastPass can't give the linked account its person's new address; `null` when it can, or needn't. */
  readonly addressTaken: string | null;
  /** Other live people with the same address, of all directories. */
  readonly otherHolders: readonly Other[];
  /** The first run against the tenant isn't over: the guard counts creates. */
  readonly isFirstRun: boolean;
  readonly decision: Decision | null;
}

/** What becomes of the link. */
export type LinkChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'note'; readonly link: Link }
  | {
      readonly kind: 'adopt';
      readonly link: Link /** Who had it: deleted, or another directory has let go of it. */;
      readonly from: PersonKey | null;
    };

export interface Planned {
  readonly name: string;
  readonly username: string;
  readonly steps: readonly Step[];
  readonly linkChange: LinkChange;
  /** Names the guarded steps; `null` without any. */
  readonly guarded: string | null;
  /** A person has rejected the guarded steps: they were left out, but for a create, which may still be approved. */
  readonly rejected: boolean;
  /** A person has undone what is done about their leaving. */
  readonly undone: boolean;
  /** Why only a person can let the guarded steps go. */
  readonly mustHold: string | null;
  /** The guarded steps are right even if the domain controller that was read lags behind; see `Plan`. */
  readonly certain: boolean;
  readonly obstacle: { readonly kind: 'data' | 'drift'; readonly reason: string } | null;
  /** When time alone makes another plan of it, ms since 1970. */
  readonly againAtMs: number | null;
}

/** An address that LastPass can take as a user name: something, @, a domain with a dot, no spaces or controls. */
const mailPattern = /^[^\s@"(),:;<>[\]\\\p{Cc}]+@[^\s@"(),:;<>[\]\\\p{Cc}]+\.[^\s@"(),:;<>[\]\\\p{Cc}.]+$/u;

/** The user name that a person's mail makes: in lower case; `null` when it can't be one. */
export function usernameOf({ mail }: Pick<MirrorObject, 'mail'>): string | null {
  const address = folded(mail ?? '');
  return mailPattern.test(address) && address.length <= 254 ? address : null;
}

/** `displayName`, else `givenName` and `sn`, else `cn`. */
export function fullnameOf(person: MirrorObject): string {
  const displayName = person.displayName?.trim() ?? '';
  if (displayName !== '') return displayName;
  const names = [person.givenName, person.sn].map((part) => part?.trim() ?? '').filter((part) => part !== '');
  return names.length > 0 ? names.join(' ') : nameOf(person).trim();
}

const nothing = { steps: [], linkChange: { kind: 'none' }, undone: false, mustHold: null, obstacle: null } as const;

/** Plans one person. */
export function makePlan(inputs: PlanInputs): Planned {
  const leaving = leavingOf(inputs);
  const known = inputs.link ?? (inputs.recognised ? inputs.account : null);
  const username = known?.username ?? usernameOf(inputs.person) ?? '';
  // Of somebody deleted while Redis' memory was lost, the account alone tells the name.
  const names = { name: fullnameOf(inputs.person) || inputs.account?.fullname || username, username };
  const unreadable = unreadableObstacle(inputs.person);
  const againAtMs = nextMoment(inputs, leaving);
  if (unreadable !== null)
    return withDecision(null, { ...names, ...nothing, certain: false, obstacle: unreadable, againAtMs });
  const planned = inputs.link === null ? planUnlinked(inputs, leaving) : planLinked(inputs, inputs.link, leaving);
  const certain = isCertain(inputs, leaving, planned.steps);
  return withDecision(inputs.decision, { ...names, ...planned, certain, againAtMs });
}

/** When time alone changes something: accountExpires passes, or the time that the account is kept. */
function nextMoment({ person, nowMs }: PlanInputs, leaving: Leaving | null): number | null {
  const expiry = person.deleted ? null : person.accountExpiresMs;
  const ahead = [expiry, leaving?.removalAtMs ?? null].filter((atMs) => atMs !== null && atMs > nowMs);
  return ahead.length === 0 ? null : Math.min(...ahead.map(Number));
}

/**
 * Names somebody's being disabled for a reason: a decision to undo it is about exactly this. Not under which name, which may change by their
 * logging in: decisions are by person.
 */
export const disablingDigest = (because: string): string => digestOf(['disable', because]);

/** The same with the name, as it was written at first: what was undone, or can be, under it stays so. */
const formerDigest = (username: string, because: string): string => digestOf(['disable', username, because]);

/** Somebody has undone the disabling of an account, and the reason is the same. */
const isUndone = ({ decision }: PlanInputs, link: Link, leaving: Leaving | null): boolean =>
  leaving !== null &&
  decision?.verdict === 'undone' &&
  [disablingDigest(leaving.reason), formerDigest(link.username, leaving.reason)].includes(decision.guarded);

/**
 * Whether a domain controller that hasn't heard of everything yet could still be right about it. A tombstone is; what it says
 * of somebody's being disabled may be old, but disabling is undone by itself. A membership that it lacks may have come since.
 */
function isCertain({ person }: PlanInputs, leaving: Leaving | null, steps: readonly Step[]): boolean {
  if (person.deleted) return true;
  return (leaving?.stays ?? false) && steps.every((step) => step.kind === 'disable' || !isLeaverStep(step));
}

/** Without userAccountControl nobody can tell who is disabled: then nothing is done, rather than leavers enabled. */
function unreadableObstacle({ deleted, absent, userAccountControl }: MirrorObject): Outline['obstacle'] {
  if (deleted || absent || userAccountControl !== null) return null;
  const reason = 'userAccountControl can not be read: give the service account the right to read it';
  return { kind: 'data', reason };
}

type Outline = Omit<Planned, 'name' | 'username' | 'guarded' | 'rejected' | 'certain' | 'againAtMs'>;

/** What a decision about a step is about: of a create whether, not under which name and in which groups. */
const decidedUpon = (step: Step): unknown => (step.kind === 'create' ? step.kind : step);

/** Names a create, however often it is planned anew: a person's word about it stays. */
const createDigest = (username: string): string => digestOf([username, ['create'], null]);

/**
 * Names a plan's guarded steps, and why they are held whatever the guard says; `null` without any. As with `disablingDigest` the user name
 * counts for creates alone, and where a decision has it from before that was so.
 */
function nameOfGuarded(
  { username, steps, mustHold }: Pick<Planned, 'username' | 'steps' | 'mustHold'>,
  decision: Decision | null,
): string | null {
  const guarded = steps.filter(isGuarded).map(decidedUpon);
  if (guarded.length === 0) return null;
  const withName = digestOf([username, guarded, mustHold]);
  const isByName = steps.some(({ kind }) => kind === 'create') || decision?.guarded === withName;
  return isByName ? withName : digestOf([guarded, mustHold]);
}

const isRejected = (decision: Decision | null, guarded: string | null): boolean =>
  guarded !== null && decision?.verdict === 'rejected' && decision.guarded === guarded;

/** Names the guarded steps, and leaves out those that a person has rejected. */
function withDecision(decision: Decision | null, planned: Omit<Planned, 'guarded' | 'rejected'>): Planned {
  const guarded = nameOfGuarded(planned, decision);
  if (isRejected(decision, guarded)) {
    if (planned.steps.some(needsApproval)) return { ...planned, guarded, rejected: true };
    return {
      ...planned,
      steps: planned.steps.filter((step) => !isGuarded(step)),
      guarded: null,
      mustHold: null,
      rejected: true,
    };
  }
  return { ...planned, guarded, rejected: false };
}

/** Takes an account over: from now on it is the person's, whatever becomes of names. */
function adopt(inputs: PlanInputs, account: Account, leaving: Leaving | null): Outline {
  const { accountHolder, recognised } = inputs;
  const disabledByUs = accountHolder?.link.disabledByUs ?? false;
  const isOpen = recognised && ((leaving !== null && !leaving.stays) || (account.disabled && !disabledByUs));
  const { username, id } = account;
  const { federated, federating } = accountHolder?.link ?? {}; // the vault stays what it is, whoever has it
  const link: Link = {
    ...{ username, id, disabledByUs, removedByUs: false },
    ...(isOpen ? { regained: true } : {}),
    ...(federated === undefined ? {} : { federated }),
    ...(federating === undefined ? {} : { federating }),
  };
  const planned = planLinked(inputs, link, leaving);
  const noted = planned.linkChange.kind === 'note' ? planned.linkChange.link : link;
  return { ...planned, linkChange: { kind: 'adopt', link: noted, from: accountHolder?.person ?? null } };
}

function planUnlinked(inputs: PlanInputs, leaving: Leaving | null): Outline {
  const { account, accountHolder, otherHolders, recognised, severalAccounts, createdFor } = inputs;
  const obstacle = (reason: string): Outline => ({ ...nothing, obstacle: { kind: 'data', reason } });
  if (severalAccounts.length > 0)
    return obstacle(
      `the LastPass accounts ${severalAccounts.join(' and ')} were all created for this person, as their attribs say: remove all but one`,
    );
  if (recognised && account !== null) return adopt(inputs, account, leaving);
  if (leaving !== null && !leaving.stays) return nothing;
  const username = usernameOf(inputs.person);
  const isOthers = accountHolder !== null && !passesOn(accountHolder, standingOf(leaving));
  const before = allBefore(otherHolders, standingOf(leaving));
  // Also before the other directory's entry has taken the account over: nothing comes of this one either way.
  const isForeign = isOthers || createdFor !== null || before.some(({ place }) => place !== 'same');
  if (inputs.policy.onDetected === 'ignore' && (account === null || isForeign)) return nothing;
  if (username === null) return leaving === null ? obstacle(mailObstacle(inputs.person)) : nothing;
  if (isOthers)
    return obstacle(
      accountHolder.place === 'same'
        ? `the LastPass account ${username} is linked to another person (${accountHolder.person})`
        : ownedElsewhere(username, accountHolder),
    );
  if (createdFor !== null)
    return obstacle(
      `the LastPass account ${username} was created for another person (${createdFor}), as its attribs say: it isn't taken over`,
    );
  if (before[0]) return obstacle(heldByOthers(username, before[0], otherHolders));
  if (account !== null) return adopt(inputs, account, leaving);
  if (leaving !== null) return nothing;
  const { decision, policy, isFirstRun } = inputs;
  // Whom somebody has refused an account gets none when the first run is over, or the policy another.
  const wasRejected = decision?.verdict === 'rejected' && decision.guarded === createDigest(username);
  const needsWord = policy.onDetected === 'approve' || wasRejected;
  const create: Step = {
    kind: 'create',
    fullname: fullnameOf(inputs.person),
    groups: [...inputs.groups],
    ...(needsWord ? { needsApproval: true } : isFirstRun ? { firstRun: true } : {}),
    ...(policy.federation === 'off' ? {} : { federated: policy.federation }),
    because: 'is in scope and has no account',
  };
  return { ...nothing, steps: [create] };
}

/** Why somebody can't have an address that others have too, of whom one comes before them. */
function heldByOthers(username: string, before: Other, others: readonly Other[]): string {
  if (before.place !== 'same') return ownedElsewhere(username, before);
  const names = others.filter(({ place }) => place === 'same').map(({ person }) => person);
  return `the mail ${username} is held by others too (${names.join(', ')}): give each person a mail of their own`;
}

/**
 * Why somebody's mail makes no account. What the directory has there may be anything, such as a name: it stands in quotes, by which a
 * support bundle leaves it out (promise 9).
 */
export const mailObstacle = ({ mail }: Pick<MirrorObject, 'mail'>): string =>
  mail === null || mail.trim() === ''
    ? 'has no mail: set the mail attribute in Active Directory'
    : `has no valid mail ("${mail}"): correct the mail attribute in Active Directory`;

function planLinked(inputs: PlanInputs, before: Link, leaving: Leaving | null): Outline {
  const { account } = inputs;
  const link = leaving === null ? withAnswer(inputs, before) : before;
  if (account === null) {
    if (leaving !== null || link.removedByUs) return nothing; // in the latter case until it is settled
    return {
      ...nothing,
      obstacle: {
        kind: 'drift',
        reason: `the account ${link.username} was deleted at LastPass; it is not created again by itself`,
      },
    };
  }
  if (link.federating !== undefined && leaving === null)
    return { ...nothing, ...conversion(link, account), linkChange: changeOf(before, link) };
  const keptUp = leaving === null || (leaving.stays && leaving.action === 'disable');
  const undone = isUndone(inputs, link, leaving);
  const status = undone ? undoingSteps(account, link) : statusSteps(account, link, leaving);
  const following = keptUp ? followDirectory(inputs, account) : [];
  const address = leaving === null ? addressChange(inputs, link, account) : { steps: [], obstacle: null };
  const steps = [
    // What is asked is answered by itself: whoever says that the account stays disabled doesn't say that its groups stay.
    ...(status.some(isUncertain) ? following.filter((step) => !isGuarded(step)) : following),
    ...status,
    ...address.steps,
  ];
  const mustHold = undone ? null : (leaving?.mustHold ?? openQuestion(account, link, leaving));
  // Whoever keeps their access by a person's word isn't gone, and no time runs until their account is removed.
  const isDisablingRejected =
    steps.some(({ kind }) => kind === 'disable') &&
    isRejected(inputs.decision, nameOfGuarded({ username: link.username, steps, mustHold }, inputs.decision));
  const gone = undone || isDisablingRejected ? null : leaving;
  return {
    ...nothing,
    steps,
    linkChange: changeOf(before, notedLink(link, { account, leaving: gone, nowMs: inputs.nowMs })),
    mustHold,
    obstacle: address.obstacle,
    undone,
  };
}

/** Nothing else is done to an account while its person's log-in becomes a federated one. */
function conversion(
  { federating, changingTo }: Link,
  { invited, username }: Account,
): Pick<Outline, 'steps' | 'obstacle'> {
  const obstacle = (reason: string) => ({ steps: [], obstacle: { kind: 'data', reason } }) as const;
  if (federating === undefined) return { steps: [], obstacle: null };
  if (invited)
    return obstacle(
      `the invitation of ${username} was not accepted yet, and only an account can become federated: it follows once it is`,
    );
  if (changingTo !== undefined)
    return obstacle(
      `${username} is called ${changingTo} once its person logs in, and a key hangs on the address: it becomes federated after that`,
    );
  return { steps: [{ kind: 'federate', federated: federating, because: 'somebody has asked for it' }], obstacle: null };
}

/** The link with what time and a person's word have made of it; the same one where nothing has changed. */
function notedLink(
  link: Link,
  { account, leaving, nowMs }: { account: Account; leaving: Leaving | null; nowMs: number },
): Link {
  const { regained, disabledBy, leftAtMs, ...rest } = link;
  // Since when somebody is gone counts where the policy gives a time, and is forgotten when they are back.
  const left = leaving?.isKept ? { leftAtMs: leftAtMs ?? nowMs } : {};
  // Nothing is open any more about a link that was found again: the person is there, and their account enabled.
  const isAnswered = leaving === null && !account.disabled;
  const open = {
    ...(regained && !isAnswered ? { regained } : {}),
    ...(disabledBy && account.disabled ? { disabledBy } : {}),
  };
  return { ...rest, ...open, ...left };
}

const changeOf = (before: Link, link: Link): LinkChange =>
  before.leftAtMs === link.leftAtMs && before.regained === link.regained && before.disabledBy === link.disabledBy
    ? { kind: 'none' }
    : { kind: 'note', link };

/** Whether nobody knows any more if it was the connector that has disabled the link's account. */
const isDisablerUnknown = ({ regained, disabledBy }: Link): boolean => regained === true || disabledBy === 'unknown';

const undoingSteps = (account: Account, link: Link): Step[] =>
  account.disabled && link.disabledByUs ? [{ kind: 'enable', because: 'somebody has undone its being disabled' }] : [];

const whoDisabled =
  "who has disabled the account isn't known any more, as what the connector remembered was lost: release enables it, reject leaves it so";
const enableIfOurs: Step = { kind: 'enable', uncertain: true, because: 'is enabled in Active Directory' };

/** The link without the question who has disabled the account, where somebody has rejected its being enabled: it wasn't the connector. */
function withAnswer({ decision }: PlanInputs, link: Link): Link {
  const asked = { username: link.username, steps: [enableIfOurs], mustHold: whoDisabled };
  if (!isRejected(decision, nameOfGuarded(asked, decision))) return link;
  const { disabledBy: _, regained: __, ...answered } = link;
  return answered;
}

/** What only a person can say about somebody of whom something that was remembered is lost. */
function openQuestion(account: Account, link: Link, leaving: Leaving | null): string | null {
  if (leaving === null) return account.disabled && !link.disabledByUs && isDisablerUnknown(link) ? whoDisabled : null;
  return leaving.stays || !link.regained
    ? null
    : `${leaving.because}, and what the connector remembered was lost: that the account is theirs is known from its attribs only`;
}

/** The account follows its person's mail, once nobody else has or wants that address. */
function addressChange(
  { person, addressTaken, otherHolders }: PlanInputs,
  link: Link,
  account: Account,
): { readonly steps: Step[]; readonly obstacle: Outline['obstacle'] } {
  const to = usernameOf(person);
  if (to === link.username || (to !== null && to === link.changingTo)) return { steps: [], obstacle: null };
  const obstacle = (reason: string): ReturnType<typeof addressChange> => ({
    steps: [],
    obstacle: { kind: 'data', reason: `${reason}; the account ${link.username} keeps its address` },
  });
  if (to === null) return obstacle(mailObstacle(person));
  if (link.federated !== undefined)
    return obstacle(
      `the mail is now ${to}, and LastPass takes no other address for a federated user, whose key hangs on it: give them back the former mail, or make them a new account once they have saved their vault (docs/federation.md)`,
    );
  if (account.invited) return obstacle(`the mail is now ${to}, but the invitation was not accepted yet`);
  const before = firstBefore(otherHolders, 'enabled');
  if (before !== null) return obstacle(heldByOthers(to, before, otherHolders));
  if (addressTaken !== null) return obstacle(addressTaken);
  // An obstacle, for whoever has one is planned again once the id is known: see `tellsOnlyId` in take-over.ts.
  if (link.id === null)
    return obstacle(
      `the mail is now ${to}, but the account's id wasn't read yet, by which it is found again under another address: the next reading of the accounts tells it`,
    );
  return { steps: [{ kind: 'change-email', to, because: 'has another mail in Active Directory' }], obstacle: null };
}

/** The steps that make name and groups what they are in AD. */
function followDirectory({ person, groups, ownedGroups }: PlanInputs, account: Account): Step[] {
  if (account.invited) return [];
  const steps: Step[] = [];
  const fullname = fullnameOf(person);
  if (account.fullname !== fullname)
    steps.push({ kind: 'rename', fullname, because: `is called "${account.fullname}" at LastPass` });
  const has = new Set(account.groups.map(folded));
  const should = new Set(groups.map(folded));
  const join = groups.filter((name) => !has.has(folded(name)));
  const leave = account.groups.filter((name) => !should.has(folded(name)) && ownedGroups.has(folded(name)));
  if (join.length > 0) steps.push({ kind: 'join-groups', groups: join, because: 'is a member in Active Directory' });
  if (leave.length > 0)
    steps.push({ kind: 'leave-groups', groups: leave, because: 'is no member in Active Directory' });
  return steps;
}

/** The step that makes the account's status what it should be, if one is needed. */
function statusSteps(account: Account, link: Link, leaving: Leaving | null): Step[] {
  if (leaving === null) {
    if (!account.disabled) return [];
    if (link.disabledByUs) return [{ kind: 'enable', because: 'is enabled in Active Directory again' }];
    return isDisablerUnknown(link) ? [enableIfOurs] : [];
  }
  const { action, because } = leaving;
  if (action === 'nothing') return [];
  if (account.invited) return [{ kind: 'withdraw', because }];
  if (action === 'disable') return account.disabled ? [] : [{ kind: 'disable', because }];
  return [{ kind: action, because }];
}
