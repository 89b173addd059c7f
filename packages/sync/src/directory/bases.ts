/** Where in a directory a sync looks. */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { ResolvedBases } from '@connector/shared/directory-state.ts';
import { type Bases, basesVersion } from '@connector/shared/policy.ts';

/**
 * The configured bases by objectGUID; where there are none, the domain's root.
 * @throws DirectoryError base-not-found naming the DN
 */
export async function resolveBases(connection: DirectoryConnection, configured: Bases): Promise<ResolvedBases> {
  const resolve = async (dns: readonly string[]) => {
    const guids: string[] = [];
    for (const dn of dns.length > 0 ? dns : [connection.namingContext]) guids.push(await connection.resolveGuid(dn));
    return guids;
  };
  return {
    version: basesVersion(configured),
    users: await resolve(configured.userBases),
    groups: await resolve(configured.groupBases),
  };
}

/** The domain's root has its whole DN for a name, so that the DNs below can be put together. */
export const withNamedRoot = (changes: readonly DirectoryChange[], namingContext: string): DirectoryChange[] =>
  changes.map((change) =>
    change.kind === 'container' && change.parent === null ? { ...change, rdn: namingContext } : change,
  );
