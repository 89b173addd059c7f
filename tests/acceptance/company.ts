/**
 * The company of these tests: its directory as a list of operations, and the accounts that LastPass has before the
 * connector comes. People and groups named here whose id is in `fixed` stay as they are; random operations change the rest.
 */
import { type Id, type Operation, root } from './directory-model.ts';

export const filterNames = ['Staff', 'Partners'] as const;

export const ous = {
  people: 'ou-people',
  berlin: 'ou-berlin',
  groups: 'ou-groups',
  elsewhere: 'ou-elsewhere',
} as const;

/** Somebody whose name tests change to see that work goes on. */
export const probe = { person: 'probe', mail: 'probe@example.test' } as const;

const domainName = 'example.test';
export const personId = (number: number): Id => `p${number}`;
export const mailOf = (person: Id): string => `${person}@${domainName}`;

const containers: Operation[] = [
  { kind: 'create-ou', ou: ous.people, name: 'People', above: root },
  { kind: 'create-ou', ou: ous.berlin, name: 'Berlin', above: root },
  { kind: 'create-ou', ou: ous.groups, name: 'Groups', above: root },
  { kind: 'create-ou', ou: ous.elsewhere, name: 'Elsewhere', above: root },
  { kind: 'create-ou', ou: 'ou-sales', name: 'Sales, North', above: ous.people },
  { kind: 'create-ou', ou: 'ou-field', name: 'Field', above: 'ou-sales' },
  { kind: 'create-ou', ou: 'ou-lab', name: 'Lab+Test', above: ous.berlin },
  { kind: 'create-ou', ou: 'ou-old', name: 'Former', above: ous.elsewhere },
  { kind: 'create-ou', ou: 'ou-projects', name: 'Projects', above: ous.groups },
];

const personOus = [ous.people, ous.berlin, 'ou-sales', 'ou-field', 'ou-lab', ous.people, 'ou-old'];

const group = (id: Id, cn: string, ou: Id = ous.groups): Operation => ({ kind: 'create-group', group: id, cn, ou });
const groups: Operation[] = [
  group('g-staff', 'Staff'),
  group('g-partners', 'Partners'),
  group('g-sales', 'Sales'),
  group('g-sales-projects', 'sales', 'ou-projects'),
  group('g-engineering', 'Engineering'),
  group('g-legal', 'Legal, Tax & Co'),
  group('g-zuerich', 'Zürich'),
  group('g-empty', 'Empty'),
  group('g-apollo', 'Apollo', 'ou-projects'),
  group('g-gemini', 'Gemini', 'ou-projects'),
  group('g-hidden', 'Hidden', ous.elsewhere),
];

const joins = (groupId: Id, ...members: Id[]): Operation[] =>
  members.map((member) => ({ kind: 'add-member', group: groupId, member }));

const nesting: Operation[] = [
  ...joins('g-staff', 'g-engineering', 'g-hidden'),
  ...joins('g-partners', 'g-legal'),
  ...joins('g-hidden', 'g-sales'),
  ...joins('g-apollo', 'g-gemini'),
  ...joins('g-gemini', 'g-apollo'),
];

const entryGroups = ['g-staff', 'g-engineering', 'g-sales', 'g-legal', 'g-partners', 'g-staff', 'g-gemini'];

function peopleNumbered(count: number): Operation[] {
  return Array.from({ length: count }, (_, index): Operation[] => {
    const person = personId(index);
    const number = index + 1;
    const named = [
      { displayName: `Person ${number}` },
      { givenName: 'Given', sn: `Sur ${number}` },
      { displayName: `Jörg Müller-${number}` },
      {},
    ][index % 4];
    const mail = index % 5 === 0 ? `P${index}@Example.Test` : mailOf(person);
    return [
      {
        kind: 'create-person',
        person,
        cn: index % 6 === 0 ? `Sur ${number}, Given` : `Person ${number}`,
        ou: personOus[index % personOus.length] ?? ous.people,
        mail,
        ...named,
        disabled: index % 13 === 12,
      },
      ...joins(entryGroups[index % entryGroups.length] ?? 'g-staff', person),
      ...(index % 3 === 0 ? joins('g-apollo', person) : []),
    ];
  }).flat();
}

const inPeople = { kind: 'create-person', ou: ous.people } as const;
/** The awkward ones, in the filter all but one. */
const awkward: Operation[] = [
  { ...inPeople, person: probe.person, cn: 'Probe', mail: probe.mail, displayName: 'Probe' },
  { ...inPeople, person: 'no-mail', cn: 'No Mail' },
  { ...inPeople, person: 'bad-mail', cn: 'Bad Mail', mail: 'not an address' },
  { ...inPeople, person: 'twin-a', cn: 'Twin A', mail: 'twin@example.test' },
  { ...inPeople, person: 'twin-b', cn: 'Twin B', mail: 'TWIN@Example.test' },
  { ...inPeople, person: 'off', cn: 'Off', mail: mailOf('off'), disabled: true },
  { ...inPeople, person: 'off-with-account', cn: 'Off With', mail: mailOf('off-with-account'), disabled: true },
  { ...inPeople, person: 'stopped', cn: 'Stopped by an administrator', mail: mailOf('stopped') },
  { ...inPeople, person: 'outsider', cn: 'Outsider', mail: mailOf('outsider') },
  { ...inPeople, person: 'away', ou: ous.elsewhere, cn: 'Away', mail: mailOf('away') },
  ...joins(
    'g-staff',
    probe.person,
    'no-mail',
    'bad-mail',
    'twin-a',
    'twin-b',
    'off',
    'off-with-account',
    'away',
    'stopped',
  ),
];

/** Everything that the directory begins with. @param people how many ordinary ones, named by `personId` */
export const founding = (people: number): Operation[] => [
  ...containers,
  ...groups,
  ...nesting,
  ...awkward,
  ...peopleNumbered(people),
];

/** What random operations leave alone. */
export const fixed: ReadonlySet<Id> = new Set([
  ...Object.values(ous),
  ...['g-staff', 'g-partners', probe.person, 'no-mail', 'bad-mail', 'twin-a', 'twin-b', 'off', 'off-with-account'],
  ...['outsider', 'away', 'stopped'],
]);

/** LastPass as it was before: some have an account already, some accounts are nobody's in the directory. */
export const lastPassBefore = {
  users: [
    {
      username: 'p1@example.test',
      fullname: 'Old Name',
      groups: ['Shared Finance', 'Sales'],
      last_login: '2026-01-02 03:04:05',
    },
    { username: 'p2@example.test', fullname: 'Jörg Müller-3', groups: ['Engineering', 'Staff', 'Empty'] },
    { username: 'p3@example.test', fullname: 'p3', disabled: true, groups: ['staff'] },
    { username: 'p5@example.test', fullname: '', admin: true },
    { username: 'p6@example.test', fullname: 'Sur 7', disabled: true },
    { username: 'off-with-account@example.test', fullname: 'Off', groups: ['Vault Admins'] },
    { username: 'stopped@example.test', fullname: 'Stopped', disabled: true },
    { username: 'outsider@example.test', fullname: 'Out', groups: ['Sales'] },
    { username: 'away@example.test', fullname: 'Gone', groups: ['Staff', 'Shared Finance'] },
    { username: 'twin@example.test', fullname: 'Twin', groups: ['Vault Admins'] },
    { username: 'owner@elsewhere.test', fullname: 'The Owner', admin: true, groups: ['Vault Admins'] },
    { username: 'auditor@elsewhere.test', fullname: 'Auditor', groups: ['Sales', 'Auditors'] },
    { username: 'guest@elsewhere.test', fullname: 'Guest', disabled: true, groups: ['Auditors'] },
    { username: 'robot@elsewhere.test', fullname: 'Robot', attribs: { objectGUID: 'none', Department: 'IT' } },
  ],
  groups: { 'Shared Finance': ['owner@elsewhere.test'], Alone: [] },
  invited: ['waiting@elsewhere.test'],
};
