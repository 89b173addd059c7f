/** People who prove to us who they are by their own password: finding them, the groups they are in, and how many wrong passwords lock them out. */
import { AndFilter, EqualityFilter, OrFilter } from 'ldapts';
import { DirectoryError } from './errors.ts';
import { guidText } from './guid.ts';
import type { LdapChannel } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';
import { ldapCode } from './ldap-failure.ts';
import { type DirectoryOptions, openChannel } from './open-channel.ts';

/** When AD locks an account (MS-ADTS 3.1.1.5.4; fine-grained policies: MS-ADTS 2.2 `msDS-ResultantPSO`). */
export interface LockOut {
  /** So many wrong passwords lock it; 0: none ever does. */
  readonly threshold: number;
  /** A wrong password is forgotten when none has followed it for so long, ms. */
  readonly windowMs: number;
}

/** Somebody who may turn out to be who they say. */
export interface Claimant {
  readonly guid: string;
  readonly dn: string;
  /** userPrincipalName, else sAMAccountName. */
  readonly name: string;
  readonly lockOut: LockOut;
  /** Wrong passwords in a row, as this domain controller counts them; whoever gave them, and wherever. */
  readonly wrong: {
    readonly count: number;
    /** When the last one was given, ms since 1970. */
    readonly lastAtMs: number;
  };
}

const attributes = [
  'objectGUID',
  'userPrincipalName',
  'sAMAccountName',
  'mail',
  'msDS-ResultantPSO',
  'badPwdCount',
  'badPasswordTime',
];
/** 100 ns, in which AD keeps times. */
const ticksPerMs = 10_000;
/** Assumed where the directory doesn't tell: AD's own default (MS-ADA1 2.365, `lockOutObservationWindow`). */
const usualWindowMs = 30 * 60_000;
/** The longest time that AD's tools take, 99,999 min; a policy may say, too, that nothing is ever forgotten. */
const longestWindowMs = 99_999 * 60_000;
/** The lowest threshold at which one wrong password doesn't lock yet. */
const strictest = 2;
const disabledBit = 2;
/** accountExpires of an account that never does (MS-ADA1 2.1). */
const never = new Set([0n, 0x7fff_ffff_ffff_ffffn]);
/** Between 1601, where AD's time begins, and 1970, ms. */
const epochMs = 11_644_473_600_000n;

const msOf = (ticks: bigint): bigint => ticks / BigInt(ticksPerMs) - epochMs;
const textOf = ({ values }: LdapEntry, name: string): string | undefined =>
  values.get(name.toLowerCase())?.[0]?.toString('utf8');
const equal = (attribute: string, value: string) => new EqualityFilter({ attribute, value });

/** `corp.example.com` of `DC=corp,DC=example,DC=com`. */
const dnsNameOf = (namingContext: string): string => namingContext.replaceAll(/(^|,)DC=/gi, '.').slice(1);

/**
 * Who is meant by what somebody types: `name@domain`, a mail address, `DOMAIN\name` or a sAMAccountName. Where it is one person's
 * userPrincipalName and another's mail address, the former is meant.
 * @returns `null` when it is nobody, or more than one
 */
export async function findClaimant(channel: LdapChannel, base: string, typed: string): Promise<Claimant | null> {
  const [account = '', domain = ''] = typed.includes('\\') ? [typed.slice(typed.indexOf('\\') + 1)] : typed.split('@');
  const isOfDomain = domain === '' || domain.toLowerCase() === dnsNameOf(base).toLowerCase();
  const names = [
    { attribute: 'userPrincipalName', value: typed },
    ...(isOfDomain ? [{ attribute: 'sAMAccountName', value: account }] : []),
    { attribute: 'mail', value: typed },
  ].filter(({ value }) => value !== '');
  const filter = new AndFilter({
    filters: [
      equal('objectCategory', 'person'),
      equal('objectClass', 'user'),
      new OrFilter({ filters: names.map(({ attribute, value }) => equal(attribute, value)) }),
    ],
  });
  const { entries } = await channel.search({ base, scope: 'sub', filter, attributes });
  for (const { attribute, value } of names) {
    const meant = entries.filter((entry) => textOf(entry, attribute)?.toLowerCase() === value.toLowerCase());
    if (meant.length > 1) return null;
    if (meant[0]) return await claimantOf(channel, base, meant[0]);
  }
  return null;
}

async function claimantOf(channel: LdapChannel, base: string, entry: LdapEntry): Promise<Claimant | null> {
  const guid = guidText(entry.values.get('objectguid')?.[0] ?? Buffer.of());
  const name = textOf(entry, 'userPrincipalName') ?? textOf(entry, 'sAMAccountName');
  if (guid === null || name === undefined) return null;
  const lockOut = await lockOutOf(channel, base, textOf(entry, 'msDS-ResultantPSO'));
  const wrong = {
    count: Number(textOf(entry, 'badPwdCount') ?? 0),
    lastAtMs: Number(msOf(BigInt(textOf(entry, 'badPasswordTime') ?? '0'))),
  };
  return { guid, dn: entry.dn, name, lockOut, wrong };
}

/**
 * What holds for an account: its own password policy where it is known to have one, else the domain's. One that may not be read is taken for
 * the strictest.
 * @param policy DN of its own one; default: it has none, as far as we may know
 */
export async function lockOutOf(channel: LdapChannel, base: string, policy?: string): Promise<LockOut> {
  const unknown: LockOut = { threshold: strictest, windowMs: usualWindowMs };
  const [dn, names] = policy === undefined ? [base, domainPolicy] : [policy, ownPolicy];
  return readLockOut(await read(channel, dn, names), names) ?? unknown;
}

type PolicyNames = readonly [threshold: string, window: string];
const domainPolicy: PolicyNames = ['lockoutThreshold', 'lockOutObservationWindow'];
const ownPolicy: PolicyNames = ['msDS-LockoutThreshold', 'msDS-LockoutObservationWindow'];

function readLockOut(entry: LdapEntry | null, [threshold, window]: PolicyNames): LockOut | null {
  const told = entry === null ? undefined : textOf(entry, threshold);
  if (entry === null || told === undefined) return null;
  const ticks = Math.abs(Number(textOf(entry, window) ?? 'none')); // a duration is stored as a negative number
  const windowMs = Number.isFinite(ticks) ? Math.ceil(ticks / ticksPerMs) : usualWindowMs;
  return { threshold: Number(told), windowMs: Math.min(Math.max(1, windowMs), longestWindowMs) };
}

/** One object; `null` when there is none that the account may see. */
async function read(channel: LdapChannel, base: string, wanted: readonly string[]): Promise<LdapEntry | null> {
  try {
    return (await channel.search({ base, scope: 'base', attributes: wanted })).entries[0] ?? null;
  } catch (error) {
    if (error instanceof DirectoryError && error.ldapCode === ldapCode.noSuchObject) return null;
    throw error;
  }
}

/**
 * Which of some security groups an account is in, through groups in groups and as its primary group too (`tokenGroups`, MS-ADTS 3.1.1.4.5.19).
 * @param sids of the groups, by DN
 * @returns DNs of these groups; none of a disabled, expired or missing account
 */
export async function groupsAmong(
  channel: LdapChannel,
  guid: string,
  { sids, nowMs }: { sids: ReadonlyMap<string, Buffer>; nowMs: number },
): Promise<string[]> {
  const entry = await read(channel, `<GUID=${guid}>`, ['tokenGroups', 'userAccountControl', 'accountExpires']);
  if (entry === null || !mayWork(entry, nowMs)) return [];
  const held = new Set(entry.values.get('tokengroups')?.map((sid) => sid.toString('hex')));
  return [...sids].flatMap(([dn, sid]) => (held.has(sid.toString('hex')) ? [dn] : []));
}

function mayWork(entry: LdapEntry, nowMs: number): boolean {
  const control = textOf(entry, 'userAccountControl');
  if (control === undefined || (Number(control) & disabledBit) !== 0) return false;
  const expires = BigInt(textOf(entry, 'accountExpires') ?? '0');
  return never.has(expires) || msOf(expires) > BigInt(nowMs);
}

/**
 * Whether a password is an account's, by signing in as it, at one domain controller only: where that takes the password and falls silent, it
 * may have counted it as a wrong one already.
 * @param options of the directory; whom they name otherwise doesn't matter
 * @throws DirectoryError bind-refused, and as `connectDirectory`; the signal's reason
 */
export async function provePassword(
  options: DirectoryOptions,
  { url, dn, password }: { url: string; dn: string; password: string },
  signal?: AbortSignal,
): Promise<void> {
  const there = { ...options, urls: [url], domain: undefined };
  const { channel } = await openChannel({ ...there, bindDn: dn, bindPassword: password }, signal);
  await channel.close();
}
