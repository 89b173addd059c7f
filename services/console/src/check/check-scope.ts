/** Where a directory's people and groups are, and who of them is in scope. */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import type { Abilities } from '@connector/active-directory/domain-controller.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import type { DirectoryConfiguration } from '@connector/shared/configuration.ts';
import type { Policy } from '@connector/shared/policy.ts';
import { counted } from '../text/when.ts';
import { countPeople, type PeopleCount } from './count-people.ts';
import { type Finding, messageOf, type What } from './findings.ts';

export interface ScopeLook {
  readonly end: string;
  readonly directory: DirectoryConfiguration;
  readonly policy: Policy;
  readonly signInGroups: readonly (readonly [key: string, dn: string])[];
  readonly lacks: Abilities['lacks'];
}

export async function* checkScope(
  connection: DirectoryConnection,
  { end, directory, policy, signInGroups, lacks }: ScopeLook,
): AsyncGenerator<Finding, void, undefined> {
  const basesThere = { userBases: [] as string[], groupBases: [] as string[] };
  for (const key of ['userBases', 'groupBases'] as const)
    for (const dn of directory[key]) {
      const finding = await checkObject(connection, { what: 'base', key, dn, end });
      if (finding.grade === 'ok') basesThere[key].push(dn);
      yield finding;
    }
  for (const [key, dn] of signInGroups) yield await checkObject(connection, { what: 'sign-in-group', key, dn, end });
  if (lacks.includes('pages')) return;
  const orRoot = (key: keyof typeof basesThere) =>
    directory[key].length === 0 ? [connection.namingContext] : basesThere[key];
  const bases = { userBases: orRoot('userBases'), groupBases: orRoot('groupBases') };
  if (bases.userBases.length === 0) return; // it was told that none is there
  const count = await countPeople(connection, { ...policy, ...bases }, Date.now());
  yield* filterFindings(count, policy, end);
  yield peopleFinding(count, end);
  if (count.inScope > count.disabled) yield mailsFinding(count, end);
}

async function checkObject(
  connection: DirectoryConnection,
  { what, key, dn, end }: { what: What; key: string; dn: string; end: string },
): Promise<Finding> {
  try {
    await connection.resolveGuid(dn);
    return { grade: 'ok', end, what, text: `${key}: ${dn} is there` };
  } catch (error) {
    if (!(error instanceof DirectoryError && error.code === 'base-not-found')) throw error;
    return { grade: 'failure', end, what, text: `${key}: ${messageOf(error)}` };
  }
}

function filterFindings({ unknownGroups }: PeopleCount, { groupFilter }: Policy, end: string): Finding[] {
  return groupFilter.map((entry) =>
    unknownGroups.includes(entry)
      ? {
          grade: 'warning', // of several directories, another one may have it
          end,
          what: 'group-filter',
          text: `policy.groupFilter: there is no group ${entry}, or it isn't under groupBases: check its name, or write its DN; nobody is in scope by it, and who leaves the filter is held`,
        }
      : { grade: 'ok', end, what: 'group-filter', text: `policy.groupFilter: ${entry} is there` },
  );
}

const source = 'counted in the directory itself';

function peopleFinding({ inScope, disabled }: PeopleCount, end: string): Finding {
  if (inScope === 0) {
    const text = `nobody is in scope (${source}): check userBases, policy.groupFilter and whom the policy excludes`;
    return { grade: 'warning', end, what: 'people', text };
  }
  const ofThem = disabled === 0 ? '' : `, ${disabled} of them disabled or expired`;
  return {
    grade: 'ok',
    end,
    what: 'people',
    text: `${counted(inScope, 'person is', 'people are')} in scope${ofThem} (${source})`,
  };
}

function mailsFinding({ withoutMail, sharingMail }: PeopleCount, end: string): Finding {
  const wrong = [
    ...(withoutMail > 0 ? [`${withoutMail} without a valid mail`] : []),
    ...(sharingMail > 0 ? [`${sharingMail} with a mail that somebody else holds, too`] : []),
  ];
  if (wrong.length === 0)
    return { grade: 'ok', end, what: 'mails', text: `each of those who are enabled has a mail of their own` };
  const text = `in scope there are ${wrong.join(', and ')} (${source}): give each person a mail of their own in Active Directory; "connector aside" names them once the services have read it`;
  return { grade: 'warning', end, what: 'mails', text };
}
