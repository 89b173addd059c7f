/** The LastPass tenant that the demo begins with: some of its accounts belong to people in the directory, others don't. */
import { mailDomain } from './awkward-people.ts';
import { ordinaryId } from './company.ts';
import { nameOfNumber } from './names.ts';

/** As the simulator's control API takes users; what is left out becomes a fresh user's. */
export interface AccountSeed {
  readonly username: string;
  readonly fullname: string;
  readonly groups?: readonly string[];
  readonly disabled?: boolean;
  readonly admin?: boolean;
  readonly last_login?: string;
  readonly sites?: number;
}

export interface TenantSeed {
  readonly users: readonly AccountSeed[];
  readonly groups: Record<string, readonly string[]>;
  readonly invited: readonly string[];
}

const at = (login: string) => `${login}@${mailDomain}`;
const atWork = { last_login: '2024-11-05 09:12:44', sites: 37 };

function ordinary(number: number, changes: Partial<AccountSeed> = {}): AccountSeed {
  const { givenName, sn } = nameOfNumber(number);
  return { username: at(ordinaryId(number)), fullname: `${givenName} ${sn}`, ...atWork, ...changes };
}

/** Accounts of people whom the directory has too. */
const known: readonly AccountSeed[] = [
  ...[0, 1, 2].map((number) => ordinary(number, { groups: ['Engineering', 'LastPassUsers'] })),
  ...[20, 21, 22, 23].map((number) => ordinary(number, { fullname: `Former Name ${number}` })),
  ...[40, 41, 42, 43].map((number) => ordinary(number, { groups: ['LastPassUsers'] })),
  ...[75, 76].map((number) => ordinary(number, { groups: ['Finance', 'Sales', 'LastPassUsers'] })), // not in Finance any more
  ...[90, 91].map((number) => ordinary(number, { groups: ['Works Council'] })), // a group that AD doesn't have
  ordinary(110, { disabled: true }), // by an administrator: stays so
  ordinary(111, { admin: true }),
  { username: at('olaf.off'), fullname: 'Olaf Offwith', ...atWork },
  { username: at('emil.expired'), fullname: 'Emil Expired', ...atWork },
  { username: at('ursula.upper'), fullname: 'Ursula Upper', ...atWork },
];

const partner = (number: number, changes: Partial<AccountSeed> = {}): AccountSeed => ({
  username: `auditor.${number}@partner.test`,
  fullname: `Auditor ${number}`,
  groups: ['External Auditors'],
  ...changes,
});

/** Accounts without a counterpart in the directory. */
const strangers: readonly AccountSeed[] = [
  ...Array.from({ length: 12 }, (_, index) => partner(index + 1, index % 3 === 0 ? atWork : {})),
  partner(13, { disabled: true }),
  partner(14, { groups: ['Board', 'Sales'] }), // in a group that AD owns: stays in it
  { username: 'owner@example.test', fullname: 'The Owner', admin: true, groups: ['Board'], ...atWork },
  { username: at('max'), fullname: 'Max Malformed', ...atWork }, // who the person with the malformed mail may be
  { username: at('paula.partner'), fullname: 'Paula P.', groups: ['Board'] }, // in AD, but outside of userBases
  { username: 'söhne@bücher.test', fullname: 'Söhne & Töchter', groups: ['Board'] },
];

export const initialTenant: TenantSeed = {
  users: [...known, ...strangers],
  groups: { 'Empty Shelf': [], 'Old Project': [] },
  invited: [at('ivo.invited'), 'guest@partner.test'],
};
