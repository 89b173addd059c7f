/** The company that everything is measured on: generated, the same each time. Pure. */

export interface CompanySize {
  readonly people: number;
  readonly groups: number;
  /** Memberships of all groups together. */
  readonly memberships: number;
  /** Members of the first group, which is the large one. */
  readonly largeGroup: number;
}

/** What the targets speak of. */
export const tenThousand: CompanySize = { people: 10_000, groups: 500, memberships: 12_000, largeGroup: 5_000 };

/** One OU for so many people. */
export const peopleInDepartment = 1_000;

export const peopleOu = (base: string): string => `OU=People,${base}`;
export const groupsOu = (base: string): string => `OU=Groups,${base}`;
export const departmentOu = (department: number, base: string): string =>
  `OU=Department ${department},${peopleOu(base)}`;

/** People are numbered from 0. */
export const mailOf = (person: number): string => `p${person}@company.test`;
export const dnOfPerson = (person: number, base: string): string =>
  `CN=Person ${person},${departmentOu(Math.floor(person / peopleInDepartment), base)}`;
/** Groups are numbered from 0, which is the large one. */
export const groupName = (group: number): string => (group === 0 ? 'All hands' : `Team ${group}`);
export const dnOfGroup = (group: number, base: string): string => `CN=${groupName(group)},${groupsOu(base)}`;

/** Who is in a group: the large one has the first so many, the others take turns through everybody. */
export function membersOf(group: number, { people, groups, memberships, largeGroup }: CompanySize): number[] {
  if (group === 0) return Array.from({ length: largeGroup }, (_, index) => index);
  const [others, place] = [groups - 1, group - 1];
  const first = Math.floor(((memberships - largeGroup) * place) / others);
  const next = Math.floor(((memberships - largeGroup) * (place + 1)) / others);
  return Array.from({ length: next - first }, (_, index) => (first + index) % people);
}

/** As LDIF, for an empty domain. */
export function ldifOf(size: CompanySize, base: string): string {
  const departments = Array.from({ length: Math.ceil(size.people / peopleInDepartment) }, (_, index) =>
    departmentOu(index, base),
  );
  const ous = [peopleOu(base), groupsOu(base), ...departments].map(
    (dn) => `dn: ${dn}\nobjectClass: organizationalUnit`,
  );
  const people = Array.from({ length: size.people }, (_, index) => personLdif(index, base));
  const groups = Array.from({ length: size.groups }, (_, index) => groupLdif(index, membersOf(index, size), base));
  return [...ous, ...people, ...groups].join('\n\n');
}

/** As many attributes as people have in a directory that is looked after; the connector reads half of them. */
export function personLdif(person: number, base: string): string {
  return [
    `dn: ${dnOfPerson(person, base)}`,
    'objectClass: user',
    `sAMAccountName: p${person}`,
    `userPrincipalName: p${person}@example.test`,
    'userAccountControl: 544',
    `mail: ${mailOf(person)}`,
    `displayName: Person ${person} of the Company`,
    `givenName: Person ${person}`,
    'sn: Of the Company',
    `title: Worker of grade ${person % 9}`,
    `department: Department ${Math.floor(person / peopleInDepartment)}`,
    `telephoneNumber: +41 44 555 ${String(person).padStart(5, '0')}`,
  ].join('\n');
}

function groupLdif(group: number, members: readonly number[], base: string): string {
  const name = groupName(group);
  const member = members.map((person) => `member: ${dnOfPerson(person, base)}`);
  return [`dn: ${dnOfGroup(group, base)}`, 'objectClass: group', `sAMAccountName: ${name}`, ...member].join('\n');
}

/** Where the connector looks for people and groups. */
export const basesOf = (base: string) => ({ userBases: [peopleOu(base)], groupBases: [groupsOu(base)] });
