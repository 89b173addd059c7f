/** Which domain controller we talk to, and where it stands. */
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

async function readRoot(channel: LdapChannel): Promise<LdapEntry | undefined> {
  const attributes = [
    'defaultNamingContext',
    'dnsHostName',
    'dsServiceName',
    'highestCommittedUSN',
    'domainFunctionality',
  ];
  return (await channel.search({ base: '', scope: 'base', attributes })).entries[0];
}

function required(entry: LdapEntry | undefined, name: string, url: string): string {
  const value = entry?.values.get(name.toLowerCase())?.[0]?.toString();
  if (!value) throw missing(name, url);
  return value;
}

const missing = (name: string, url: string): DirectoryError =>
  new DirectoryError('read-failed', `${url} tells no ${name}; is it an Active Directory domain controller?`);
