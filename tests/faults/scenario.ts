/**
 * A small company's day, as the change log tells it: a first full read, then a round of changes, then another. Every kind
 * of step occurs. It comes in stages; each is over when nothing is outstanding.
 */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import type { Run } from './pipeline.ts';

export const guidOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const [domain, people, groups, elsewhere, staff, sales] = [1, 2, 3, 4, 5, 6].map(guidOf) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const container = (guid: string, rdn: string, parent: string | null): DirectoryChange => ({
  guid,
  kind: 'container',
  complete: true,
  rdn,
  parent,
});
const group = (guid: string, name: string, add: readonly string[]): DirectoryChange => ({
  guid,
  kind: 'group',
  complete: true,
  rdn: `CN=${name}`,
  parent: groups,
  members: { mode: 'replace', add: [...add], remove: [] },
});
/** Somebody in the OU of people, with the address `<name>@company.test`. */
export const person = (n: number, name: string, more: Partial<DirectoryChange> = {}): DirectoryChange => ({
  guid: guidOf(n),
  kind: 'user',
  complete: true,
  rdn: `CN=${name}`,
  parent: people,
  mail: `${name}@company.test`,
  displayName: `Mx ${name}`,
  userAccountControl: 512,
  ...more,
});
export const changed = (n: number, values: Partial<DirectoryChange>): DirectoryChange => ({
  guid: guidOf(n),
  complete: false,
  ...values,
});
const membership = (guid: string, add: number[], remove: number[]): DirectoryChange => ({
  guid,
  complete: false,
  members: { mode: 'delta', add: add.map(guidOf), remove: remove.map(guidOf) },
});

/** What there is besides people. */
export const surroundings = (members: { staff?: readonly number[]; sales?: readonly number[] } = {}) => [
  container(domain, 'DC=company,DC=test', null),
  container(people, 'OU=People', domain),
  container(groups, 'OU=Groups', domain),
  container(elsewhere, 'OU=Elsewhere', domain),
  group(staff, 'Staff', (members.staff ?? []).map(guidOf)),
  group(sales, 'Sales', (members.sales ?? []).map(guidOf)),
];
export const bases = { users: people, groups };

/** For the run: every group is synced, and whoever leaves the OU of people is removed. */
export const policy = { memberships: 'all', onRemovedFromFilter: 'remove' };
export const directory = { userBases: ['OU=People,DC=company,DC=test'], groupBases: ['OU=Groups,DC=company,DC=test'] };

const strangers = [
  { username: 'stranger@elsewhere.test', fullname: 'A Stranger', groups: ['Staff', 'Theirs'] },
  { username: 'gone@elsewhere.test', fullname: 'A disabled Stranger', disabled: true },
];
/** What is at LastPass before: strangers, and two who are in the directory too. */
export const tenant = {
  users: [
    ...strangers,
    { username: 'fay@company.test', fullname: 'Fay by hand', groups: ['Theirs', 'Sales'] },
    { username: 'gil@company.test', fullname: 'Mx gil' },
  ],
  invited: ['invited@elsewhere.test'],
};
export const strangersNames = strangers.map(({ username }) => username);

export const stages: readonly ((run: Run) => Promise<void>)[] = [
  (run) =>
    run.appendFullRead(
      [
        ...surroundings({ staff: [11, 12, 16], sales: [13] }),
        person(11, 'ann'),
        person(12, 'bob'),
        person(13, 'cyd'),
        person(14, 'dan'),
        person(15, 'eve'),
        person(16, 'fay'),
        person(20, 'gil'),
        person(17, 'nomail', { mail: null }),
        person(18, 'off', { userAccountControl: 514 }),
      ],
      bases,
    ),
  (run) =>
    run.append({
      type: 'changes',
      caughtUp: true,
      changes: [
        person(19, 'hal'),
        changed(11, { displayName: 'Ann the Renamed' }),
        membership(staff, [13, 19], []),
        membership(sales, [], [13]),
        changed(12, { userAccountControl: 514 }),
        changed(15, { parent: elsewhere }),
        changed(20, { mail: 'gil.lee@company.test' }),
      ],
    }),
  (run) =>
    run.append(
      { type: 'changes', caughtUp: false, changes: [changed(12, { userAccountControl: 512 })] },
      {
        type: 'changes',
        caughtUp: true,
        changes: [changed(14, { deleted: true }), changed(15, { parent: people })],
      },
    ),
];
