/** How much a domain controller gives at once (LDAP policies, MS-ADTS 3.1.1.3.4.6). */
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';

export interface QueryLimits {
  /** Entries in one answer. */
  readonly maxPageSize: number | null;
  /** Values of one attribute in one answer. */
  readonly maxValRange: number | null;
}

/** Reads the forest's default policy. A domain controller may have another one, which it doesn't tell. @returns `null` where it may not be read */
export async function readLimits(channel: LdapChannel): Promise<QueryLimits | null> {
  try {
    const root = await channel.search({ base: '', scope: 'base', attributes: ['configurationNamingContext'] });
    const configuration = root.entries[0]?.values.get('configurationnamingcontext')?.[0]?.toString();
    if (configuration === undefined) return null;
    const base = `CN=Default Query Policy,CN=Query-Policies,CN=Directory Service,CN=Windows NT,CN=Services,${configuration}`;
    const { entries } = await channel.search({ base, scope: 'base', attributes: ['lDAPAdminLimits'] });
    return limitsIn((entries[0]?.values.get('ldapadminlimits') ?? []).map(String));
  } catch (error) {
    if (error instanceof DirectoryError && error.ldapCode !== undefined) return null; // not for this account to read
    throw error;
  }
}

/** @param lines such as `MaxPageSize=1000` */
function limitsIn(lines: readonly string[]): QueryLimits | null {
  const limits = new Map(lines.map((line) => line.split('=', 2) as [string, string]));
  const number = (name: string): number | null => {
    const value = Number(limits.get(name));
    return Number.isInteger(value) ? value : null;
  };
  return limits.size === 0 ? null : { maxPageSize: number('MaxPageSize'), maxValRange: number('MaxValRange') };
}
