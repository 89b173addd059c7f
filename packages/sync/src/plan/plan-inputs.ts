/** Collecting the planner's inputs of one person from mirror, accounts and links. */
import { type Account, account } from '@connector/shared/account.ts';
import { isDn } from '@connector/shared/dn.ts';
import { type PersonKey, partsOfPerson, personKey } from '@connector/shared/keys.ts';
import { folded, peopleWithMail } from '@connector/shared/people-with-mail.ts';
import { isLinkedTo, type Link, link } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';
import { accountsAttesting, attestedPerson } from '../accounts/attested.ts';
import type { MirrorObject } from '../mirror/mirror-object.ts';
import type { GroupKey } from './group-renames.ts';
import type { Known } from './known-state.ts';
import { leavingOf } from './leaving.ts';
import { standingOf } from './mail-owner.ts';
import { type PlanInputs, usernameOf } from './make-plan.ts';
import type { Context, View } from './planning-context.ts';
import { type GroupAround, groupNames, isDisabled, outOfScope, syncedGroupsAround } from './scope.ts';
import { type Noting, noteStanding, readOthers } from './standings.ts';

/** A plan's inputs, and what must still be true when the plan is stored. */
export interface Gathered {
  readonly inputs: PlanInputs;
  readonly guards: readonly Guard[];
  /** The account as stored. */
  readonly accountRaw: string | null;
  /** AD groups around the person that are synced and weren't before, with the names that they are synced by. */
  readonly newGroups: ReadonlyMap<GroupKey, string>;
  /** Folded names of the groups around the person or their account that AD owns already. */
  readonly owned: ReadonlySet<string>;
  /** What is noted for people of other directories. */
  readonly noting: Noting;
  /** How somebody of another directory stands isn't known: the person is planned again once it is, and perhaps otherwise. */
  readonly isForNow: boolean;
}

/**
 * Gathers a plan's inputs; `null` when the directory knows nothing of the person, `in delivery` while a call about the same
 * account is under way for somebody else: only after it is settled can anybody be planned for it.
 */
export async function inputsFor(context: Context, known: Known): Promise<Gathered | 'in delivery' | null> {
  const { person } = known;
  const { directory, guid } = partsOfPerson(person);
  const view = context.views.get(directory);
  const object = await view?.gathering.mirror.object(guid);
  if (!view || !object || object.kind !== 'user') return null;
  const surroundings = await view.gathering.surroundings(guid, object);
  const atLastPass = await theirAccount(context, known, object);
  if (atLastPass === 'in delivery') return atLastPass;
  const rules = { memberships: context.policy.memberships, bases: view.gathering.bases, filter: view.filter };
  const out = outOfScope(surroundings, rules);
  const stays = out === null && !object.deleted && !object.absent && !isDisabled(object);
  const current = known.link ?? (atLastPass.recognised ? atLastPass.account : null);
  const address = stays ? await newAddress(context, { person, current }, object) : noNewAddress;
  if (address === 'in delivery') return address;
  const groups = groupNames(surroundings.groups, rules);
  const owned = await knownAsOwned(context, [...groups, ...(atLastPass.account?.groups ?? [])]);
  const leaving = {
    person: object,
    outOfScope: out,
    placeKnown: surroundings.placeKnown,
    missingBases: rules.bases.missing.filter(({ key }) => key === 'userBases').map(({ dn }) => dn),
    unresolvedFilter: unresolvedIn(context, view),
    link: known.link,
    policy: context.policy,
    nowMs: Date.now(),
  };
  const sameMail = await otherHolders(context, person, object);
  const holder = known.link === null ? atLastPass.holder : null;
  const { others, ...read } = await readOthers(context, person, [...sameMail, ...(holder ? [holder.person] : [])]);
  const holding = others.find((other) => other.person === holder?.person);
  const noting = await noteStanding(context, known, {
    standing: object.deleted ? null : standingOf(leavingOf(leaving)),
    mails: [...new Set([usernameOf(object), current?.username].flatMap((mail) => mail ?? []))],
    unknown: read.unknown.filter((other) => other.person !== holder?.person || !holder.deleted), // of whom nothing else will be known
  });
  return {
    owned,
    noting,
    isForNow: read.unknown.length > 0,
    accountRaw: atLastPass.raw,
    newGroups: newGroupsAmong(directory, syncedGroupsAround(surroundings.groups, rules)),
    guards: [...atLastPass.guards, ...address.guards, ...read.guards],
    inputs: {
      ...leaving,
      groups,
      ownedGroups: await ownedAmong(context, view, { found: atLastPass.account, noted: owned }),
      // Another account that has taken the name is a stranger: the linked one is found again by its id, or gone.
      account: atLastPass.account && isLinkedTo(known.link, atLastPass.account) ? atLastPass.account : null,
      accountHolder: holder && holding ? { ...holding, ...holder } : null,
      recognised: atLastPass.recognised,
      severalAccounts: atLastPass.several,
      createdFor: atLastPass.createdFor,
      addressTaken: address.taken,
      otherHolders: others.filter((other) => sameMail.includes(other.person)),
      isFirstRun: context.inForce.value.firstRun !== null,
      decision: known.decision,
    },
  };
}

/** Entries of `groupFilter` that name no group: by a DN they name one of a single directory, which needn't be this one. */
function unresolvedIn({ views }: Context, { filter }: View): string[] {
  const isFoundIn = (view: View, wanted: string): boolean =>
    view.filter.some(({ entry, guids }) => entry === wanted && guids.length > 0);
  return filter
    .filter(
      ({ entry, guids }) =>
        guids.length === 0 && !(isDn(entry) && views.values().some((view) => isFoundIn(view, entry))),
    )
    .map(({ entry }) => entry);
}

const newGroupsAmong = (directory: string, groups: readonly GroupAround[]): Map<GroupKey, string> =>
  new Map(
    groups
      .filter(({ synced }) => synced === null)
      .map(({ guid, wantedName }) => [personKey(directory, guid), wantedName]),
  );

interface TheirAccount extends Found {
  /** Its attribs name the person. */
  readonly recognised: boolean;
  /** User names of the accounts that do, where they are several. */
  readonly several: readonly string[];
  /** Another living person whom they name. */
  readonly createdFor: PersonKey | null;
}

/** The linked account; else the one that was created for the person, by its attribs; else the one that has their address. */
async function theirAccount(
  context: Context,
  { person, link: current }: Known,
  object: MirrorObject,
): Promise<TheirAccount | 'in delivery'> {
  const plain = { recognised: false, several: [], createdFor: null };
  if (current !== null) {
    const linked = await accountOf(context, person, current.username);
    return linked === 'in delivery' ? linked : { ...linked, ...plain };
  }
  const attesting = await accountsAttesting(context.store, person);
  const guards = [...attesting.guards];
  const own: Found[] = [];
  for (const { account: each } of attesting.found) {
    const found = await accountOf(context, person, each.username);
    if (found === 'in delivery') return found;
    guards.push(...found.guards);
    if (await mayBeTheirs(context, object, found)) own.push(found);
  }
  const [only] = own;
  if (only && own.length === 1) return { ...only, ...plain, guards, recognised: true };
  const byMail = await accountOf(context, person, usernameOf(object));
  if (byMail === 'in delivery') return byMail;
  const creator = await createdForAnother(context, person, byMail);
  return {
    ...byMail,
    guards: [...guards, ...byMail.guards, ...creator.guards],
    recognised: false,
    several: own.flatMap((each) => each.account?.username ?? []),
    createdFor: creator.person,
  };
}

/**
 * An account that was created for somebody passes on: to whom it is linked to, also once they are deleted, for it has been theirs since; or to
 * who has the address of somebody deleted.
 */
async function mayBeTheirs(
  { store, directories }: Context,
  { deleted }: MirrorObject,
  { account: found, holder }: Found,
): Promise<boolean> {
  if (holder !== null) return false;
  if (!deleted || found === null) return true;
  const ids = directories.map(({ id }) => id);
  return (await peopleWithMail(store, ids, [found.username])).length === 0;
}

/**
 * Another person whom the account's attribs name, if the directory still has them; and the guard that holds as long as it does. What attribs
 * say is old where the account is linked to somebody.
 */
async function createdForAnother(
  { store, views }: Context,
  person: PersonKey,
  { account: found, holder }: Found,
): Promise<{ person: PersonKey | null; guards: Guard[] }> {
  const creator = found === null || holder !== null ? null : attestedPerson(found);
  if (creator === null || creator === person) return { person: null, guards: [] };
  const { directory, guid } = partsOfPerson(creator);
  const touched = await store.redis.hget(store.keys.touched, creator);
  const object = await views.get(directory)?.gathering.mirror.object(guid);
  return {
    person: object?.kind === 'user' && !object.deleted ? creator : null,
    guards: [{ command: ['HGET', store.keys.touched, creator], is: touched }],
  };
}

/** An account, and whom it is linked to besides the person that is planned. */
interface Found {
  readonly account: Account | null;
  readonly raw: string | null;
  readonly holder: { readonly person: PersonKey; readonly deleted: boolean; readonly link: Link } | null;
  readonly guards: readonly Guard[];
}

/** The account of that name, whom it is linked to, and the guards that keep both as they are. */
async function accountOf(
  { store, views }: Context,
  person: PersonKey,
  username: string | null,
): Promise<Found | 'in delivery'> {
  const { redis, keys } = store;
  if (username === null) return { account: null, raw: null, holder: null, guards: [] };
  const hashes = [keys.accounts, keys.linked, keys.creating];
  const [raw = null, holder = null, creator = null] = await Promise.all(hashes.map((key) => redis.hget(key, username)));
  if (creator !== null && creator !== person) return 'in delivery';
  const guards: Guard[] = [
    { command: ['HGET', keys.creating, username], is: creator },
    { command: ['HGET', keys.accounts, username], is: raw },
    { command: ['HGET', keys.linked, username], is: holder },
  ];
  const found: Account | null = parseStored(account, keys.accounts, raw).value;
  // An account that was renamed is somebody's all the same, though nobody is linked to it by that name yet.
  const byId = holder !== null || found?.id == null ? null : await redis.hget(keys.linkedIds, found.id);
  const byIdRaw = byId === null ? null : await redis.hget(keys.links, byId);
  const isTheirs = found !== null && parseStored(link, keys.links, byIdRaw).value?.id === found.id;
  const linkedTo = holder ?? (isTheirs ? byId : null);
  if (linkedTo === null || linkedTo === person) return { account: found, raw, holder: null, guards };
  return withHolder({ store, views }, linkedTo, { account: found, raw, guards });
}

/** The same, with whom the account is linked to. */
async function withHolder(
  { store, views }: Pick<Context, 'store' | 'views'>,
  holder: PersonKey,
  { account: found, raw, guards }: { account: Account | null; raw: string | null; guards: Guard[] },
) {
  const { redis, keys } = store;
  const ofHolder = [keys.links, keys.touched, keys.claims, keys.intents];
  const values = await Promise.all(ofHolder.map((key) => redis.hget(key, holder)));
  const [linkRaw = null, , claim = null, intent = null] = values;
  const held = parseStored(link, keys.links, linkRaw).value;
  // A disabling or removal of theirs that may yet come would strike whoever has the account, or the address, by then.
  if (claim !== null || intent !== null || held?.settlesAtMs !== undefined) return 'in delivery';
  const { directory, guid } = partsOfPerson(holder);
  const object = await views.get(directory)?.gathering.mirror.object(guid);
  ofHolder.forEach((key, index) => {
    guards.push({ command: ['HGET', key, holder], is: values[index] ?? null });
  });
  return {
    account: found,
    raw,
    guards,
    holder: held === null ? null : { person: holder, deleted: object?.deleted ?? false, link: held },
  };
}

const noNewAddress = { taken: null, guards: [] };

/**
 * Why the new address of somebody linked is taken at LastPass, and the guards that keep it so, or free. Somebody deleted whose account
 * is gone as well keeps it from nobody.
 */
async function newAddress(
  context: Context,
  { person, current }: { person: PersonKey; current: Pick<Link, 'username' | 'id'> | null },
  object: MirrorObject,
) {
  const to = usernameOf(object);
  if (current === null || to === null || to === current.username) return noNewAddress;
  const found = await accountOf(context, person, to);
  if (found === 'in delivery') return found;
  const { account: other, holder, guards } = found;
  if (holder !== null && (other !== null || !holder.deleted))
    return {
      guards,
      taken: `the mail ${to} waits for the account that has it, of ${holder.person}: where two people swap addresses, give one of them a third for a while`,
    };
  if (other === null) return { guards, taken: null };
  const isOwn = other.id !== null && other.id === current.id;
  const taken = isOwn
    ? `the account is called ${to} by now: its link follows with the next reading of the accounts`
    : `LastPass has another account ${to}: remove or rename one of the two`;
  return { guards, taken };
}

async function otherHolders(
  { store, directories }: Context,
  person: PersonKey,
  object: MirrorObject,
): Promise<PersonKey[]> {
  const mail = usernameOf(object);
  if (mail === null) return [];
  const holders = await peopleWithMail(
    store,
    directories.map(({ id }) => id),
    [mail],
  );
  return holders.filter((holder) => holder !== person);
}

/**
 * Which of the groups that the account is in, or should be in, AD owns: a directory syncs them now, or has synced them before. None
 * while a group base of the person's own isn't found: that a group isn't synced any more proves nothing then, and nobody leaves one.
 */
async function ownedAmong(
  context: Context,
  view: View,
  { found, noted }: { found: Account | null; noted: ReadonlySet<string> },
): Promise<Set<string>> {
  if (view.gathering.bases.missing.some(({ key }) => key === 'groupBases')) return new Set();
  if (context.policy.memberships === 'none') return new Set();
  const names = (found?.groups ?? []).map(folded);
  const views = [...context.views.values()];
  const owned = new Set([
    ...names.filter((name) => noted.has(name)),
    ...views.flatMap(({ filterNames }) => filterNames),
  ]);
  if (context.policy.memberships !== 'all') return owned;
  const others = names.filter((name) => !owned.has(name));
  for (const { gathering } of views) for (const name of await gathering.syncedNames(others)) owned.add(name);
  return owned;
}

/** Which of some groups are noted as AD's, by folded names: these few are asked about, for a directory may have thousands. */
async function knownAsOwned({ store }: Context, groups: readonly string[]): Promise<Set<string>> {
  const names = [...new Set(groups.map(folded))];
  if (names.length === 0) return new Set();
  const noted = await store.redis.hmget(store.keys.ownedGroups, ...names);
  return new Set(names.filter((_, index) => noted[index] !== null));
}
