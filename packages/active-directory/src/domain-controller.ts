/** Which domain controller we talk to, and where it stands. */
import { controlOids } from './controls.ts';
import { DirectoryError } from './errors.ts';
import { guidText } from './guid.ts';
import type { LdapChannel } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';

export interface DomainController {
  /** DN of the domain's root. */
  readonly namingContext: string;
  readonly dnsHostName: string;
  /** Of its database: changes when that is restored from a backup. USNs mean something under one of them only. */
  readonly invocationId: string;
  /** Grows with each change. One that went back tells of a snapshot put back. */
  readonly highestCommittedUsn: bigint;
  /** Functional level of the domain (MS-ADTS 3.1.1.3.2.25), such as 7 since Windows Server 2016; `null`: it isn't told. */
  readonly domainLevel: string | null;
}

/** DN of the domain's root, from the root entry. */
export async function readNamingContext(channel: LdapChannel): Promise<string> {
  return required(await readRoot(channel), 'defaultNamingContext', channel.url);
}

/** DN of the schema, from the root entry. */
export async function readSchemaNamingContext(channel: LdapChannel): Promise<string> {
  const name = 'schemaNamingContext';
  return required(await readRoot(channel, [name]), name, channel.url);
}

/** @throws DirectoryError read-failed when the server isn't an Active Directory domain controller */
export async function readDomainController(channel: LdapChannel): Promise<DomainController> {
  const root = await readRoot(channel);
  const text = (name: string) => required(root, name, channel.url);
  const service = { base: text('dsServiceName'), scope: 'base' as const, attributes: ['invocationId'] };
  const { entries } = await channel.search(service);
  const invocationId = guidText(entries[0]?.values.get('invocationid')?.[0] ?? Buffer.of());
  if (invocationId === null) throw missing('invocationId', channel.url);
  return {
    namingContext: text('defaultNamingContext'),
    dnsHostName: text('dnsHostName'),
    invocationId,
    highestCommittedUsn: BigInt(text('highestCommittedUSN')),
    domainLevel: root?.values.get('domainfunctionality')?.[0]?.toString() ?? null,
  };
}

/** What a domain controller can do, and what its clock says. */
export interface Abilities {
  /** Controls that it doesn't know. */
  readonly lacks: readonly (keyof typeof controlOids)[];
  /** Its time, ms since 1970, in whole seconds; `null` where it tells none. */
  readonly clockMs: number | null;
}

/** Reads what it says of itself in its root entry (MS-ADTS 3.1.1.3.2). */
export async function readAbilities(channel: LdapChannel): Promise<Abilities> {
  const root = await readRoot(channel, ['supportedControl', 'currentTime']);
  const known = new Set((root?.values.get('supportedcontrol') ?? []).map(String));
  return {
    lacks: (Object.keys(controlOids) as (keyof typeof controlOids)[]).filter((name) => !known.has(controlOids[name])),
    clockMs: timeOf(root?.values.get('currenttime')?.[0]?.toString() ?? ''),
  };
}

/** A GeneralizedTime in UTC, such as `20261129150000.0Z` (MS-ADTS 3.1.1.3.2.9). */
function timeOf(text: string): number | null {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text) ?? [];
  return year === undefined ? null : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const ofController = [
  'defaultNamingContext',
  'dnsHostName',
  'dsServiceName',
  'highestCommittedUSN',
  'domainFunctionality',
];

async function readRoot(
  channel: LdapChannel,
  attributes: readonly string[] = ofController,
): Promise<LdapEntry | undefined> {
  return (await channel.search({ base: '', scope: 'base', attributes: [...attributes] })).entries[0];
}

function required(entry: LdapEntry | undefined, name: string, url: string): string {
  const value = entry?.values.get(name.toLowerCase())?.[0]?.toString();
  if (!value) throw missing(name, url);
  return value;
}

const missing = (name: string, url: string): DirectoryError =>
  new DirectoryError('read-failed', `${url} tells no ${name}; is it an Active Directory domain controller?`);
