/** What an account is called where rights are given, such as `CORP\svc-lastpass`: `dsacls` knows no DN. */
import { isDn } from '@connector/shared/dn.ts';
import { EqualityFilter } from 'ldapts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel, Search } from './ldap-channel.ts';

/**
 * What `dsacls` takes for the account that signs in under a name.
 * @param bindDn a DN; `name@domain` and `DOMAIN\name` are taken as they are
 * @returns `undefined` where the directory doesn't tell
 * @throws DirectoryError when the connection is lost
 */
export async function trusteeOf(
  channel: LdapChannel,
  { namingContext, bindDn }: { namingContext: string; bindDn: string },
): Promise<string | undefined> {
  if (!isDn(bindDn)) return bindDn;
  const account = await firstValue(channel, { base: bindDn, scope: 'base', attributes: ['sAMAccountName'] });
  const configuration = await firstValue(channel, {
    base: '',
    scope: 'base',
    attributes: ['configurationNamingContext'],
  });
  if (account === undefined || configuration === undefined) return undefined;
  // The cross reference of the domain has its short name (MS-ADTS 6.1.1.2.1.1.2).
  const domain = await firstValue(channel, {
    ...{ base: `CN=Partitions,${configuration}`, scope: 'one', attributes: ['nETBIOSName'] },
    filter: new EqualityFilter({ attribute: 'nCName', value: namingContext }),
  });
  return domain === undefined ? undefined : `${domain}\\${account}`;
}

/** The first value of the one attribute that is asked for. */
async function firstValue(channel: LdapChannel, search: Search): Promise<string | undefined> {
  try {
    const { entries } = await channel.search(search);
    return entries[0]?.values.get(search.attributes[0]?.toLowerCase() ?? '')?.[0]?.toString();
  } catch (error) {
    if (error instanceof DirectoryError && error.ldapCode !== undefined) return undefined; // not for this account to read
    throw error;
  }
}
