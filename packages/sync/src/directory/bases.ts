/** Where in a directory a sync looks. */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { ResolvedBases } from '@connector/shared/directory-state.ts';
import { type Bases, basesVersion } from '@connector/shared/policy.ts';

/**
 * The configured bases by objectGUID; where there are none, the domain's root.
 * @throws DirectoryError base-not-found naming every base that isn't there, and its key
 */
export async function resolveBases(connection: DirectoryConnection, configured: Bases): Promise<ResolvedBases> {
  const problems: DirectoryError[] = [];
  const resolve = async (key: 'userBases' | 'groupBases') => {
    const dns = configured[key].length > 0 ? configured[key] : [connection.namingContext];
    const guids: string[] = [];
    for (const dn of dns) {
      try {
        guids.push(await connection.resolveGuid(dn));
      } catch (error) {
        if (!(error instanceof DirectoryError && error.code === 'base-not-found')) throw error;
        problems.push(new DirectoryError(error.code, `${key}: ${error.message}`, { cause: error }));
      }
    }
    return guids;
  };
  const [users, groups] = [await resolve('userBases'), await resolve('groupBases')];
  const [problem] = problems;
  if (problem === undefined) return { version: basesVersion(configured), users, groups };
  throw new DirectoryError(problem.code, problems.map(({ message }) => message).join(' · '), { cause: problem });
}

/** The domain's root has its whole DN for a name, so that the DNs below can be put together. */
export const withNamedRoot = (changes: readonly DirectoryChange[], namingContext: string): DirectoryChange[] =>
  changes.map((change) =>
    change.kind === 'container' && change.parent === null ? { ...change, rdn: namingContext } : change,
  );
