/** The company that the endurance run works on: people in an OU, each in two of twenty groups at first. */
import type { StackOptions } from '../support/stack.ts';

/** Somebody of it, as the run remembers them. */
export interface Employee {
  /** `cn` and sAMAccountName. */
  readonly name: string;
  readonly mail: string;
  displayName: string;
  readonly groups: Set<string>;
}

const people = 'OU=People';
const groupsOu = 'OU=Groups';
export const groupNames: readonly string[] = Array.from({ length: 20 }, (_, index) => `Team ${index}`);

/** DNs below the domain's. */
export const dnOfPeople = (base: string): string => `${people},${base}`;
export const dnOfPerson = ({ name }: Pick<Employee, 'name'>, base: string): string => `CN=${name},${people},${base}`;
export const dnOfGroup = (name: string, base: string): string => `CN=${name},${groupsOu},${base}`;

/** Somebody new, in no group yet. */
export const employee = (number: number): Employee => ({
  name: `e${number}`,
  mail: `e${number}@company.test`,
  displayName: `Employee ${number}`,
  groups: new Set(),
});

/** So many people to begin with. */
export function foundingOf(count: number): Employee[] {
  return Array.from({ length: count }, (_, index) => {
    const founded = employee(index);
    for (const at of [index, index * 7 + 3]) founded.groups.add(groupNames[at % groupNames.length] ?? '');
    return founded;
  });
}

/** The same as LDIF. */
export function ldifOf(company: readonly Employee[], base: string): string {
  const ous = [people, groupsOu].map((ou) => [`dn: ${ou},${base}`, 'objectClass: organizationalUnit'].join('\n'));
  const persons = company.map((each) =>
    [
      `dn: ${dnOfPerson(each, base)}`,
      'objectClass: user',
      `sAMAccountName: ${each.name}`,
      'userAccountControl: 544',
      `mail: ${each.mail}`,
      `displayName: ${each.displayName}`,
    ].join('\n'),
  );
  const groups = groupNames.map((name) =>
    [
      `dn: ${dnOfGroup(name, base)}`,
      'objectClass: group',
      `sAMAccountName: ${name}`,
      ...company.filter((each) => each.groups.has(name)).map((each) => `member: ${dnOfPerson(each, base)}`),
    ].join('\n'),
  );
  return [...ous, ...persons, ...groups].join('\n\n');
}

/** Whoever leaves is removed, and nobody is held: there are thousands in an hour. */
export const policy: NonNullable<StackOptions['policy']> = {
  memberships: 'all',
  onDeleted: 'remove',
  guard: { maxLeavers: 1_000_000, maxLeaversPercent: 100, maxLeaversHard: 1_000_000 },
};

export const basesOf = (base: string) => ({ userBases: [dnOfPeople(base)], groupBases: [`${groupsOu},${base}`] });
