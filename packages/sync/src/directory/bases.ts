/** Where in a directory a sync looks. */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { ResolvedBases } from '@connector/shared/directory-state.ts';
import { type Bases, basesVersion } from '@connector/shared/policy.ts';

/** What became of the configured bases. */
export interface Resolution {
  readonly bases: ResolvedBases;
  /** A base-not-found naming every base that isn't there, and its key; `null` when all are. */
  readonly problem: DirectoryError | null;
}

/** The configured bases by objectGUID; where there are none, the domain's root. */
export async function resolveBases(connection: DirectoryConnection, configured: Bases): Promise<Resolution> {
  const missing: ResolvedBases['missing'] = [];
  const problems: DirectoryError[] = [];
  const resolve = async (key: 'userBases' | 'groupBases') => {
    const dns = configured[key].length > 0 ? configured[key] : [connection.namingContext];
    const guids: string[] = [];
    for (const dn of dns) {
      try {
        guids.push(await connection.resolveGuid(dn));
      } catch (error) {
        if (!(error instanceof DirectoryError && error.code === 'base-not-found')) throw error;
        missing.push({ key, dn });
        problems.push(new DirectoryError(error.code, `${key}: ${error.message}`, { cause: error }));
      }
    }
    return guids;
  };
  const [users, groups] = [await resolve('userBases'), await resolve('groupBases')];
  const [cause] = problems;
  const told = problems.map(({ message }) => message).join(' · ');
  return {
    bases: { version: basesVersion(configured), users, groups, missing },
    problem: cause === undefined ? null : new DirectoryError(cause.code, told, { cause }),
  };
}

/** Tells a read under all configured bases from one that had to do without some, or without others. */
export const readUnder = ({ version, missing }: ResolvedBases): string =>
  [version, ...missing.map(({ key, dn }) => `without ${key} ${dn}`)].join(' ');

/** The domain's root has its whole DN for a name, so that the DNs below can be put together. */
export const withNamedRoot = (changes: readonly DirectoryChange[], namingContext: string): DirectoryChange[] =>
  changes.map((change) =>
    change.kind === 'container' && change.parent === null ? { ...change, rdn: namingContext } : change,
  );
