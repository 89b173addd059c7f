/**
 * A company of any size in a directory. Each object is worked out from its number, so that a million of them take no memory: people
 * in departments, a team for every twenty people, and one person of five in a second team.
 */

/** An object as it was to begin with. */
export interface GeneratedObject {
  readonly rdn: string;
  /** Number of the object above; `null` for the domain's root. */
  readonly above: number | null;
  /** From the most general to the structural one. */
  readonly objectClass: readonly string[];
  /** The last part of its SID; `null` for what has none. */
  readonly rid: number | null;
  readonly attributes: Readonly<Record<string, string>>;
}

const peopleInTeam = 20;
const peopleInDepartment = 1_000;
/** One of so many people is in a second team. */
const secondTeamOf = 5;

/** Numbers of the objects that every company has. */
const fixed = { domain: 0, users: 1, teams: 2, staff: 3, domainUsers: 4 } as const;
const firstDepartment = 5;

/** RID of Domain Users in every domain (MS-ADTS 6.1.1.6), and where those of accounts begin. */
const domainUsersRid = 513;
const firstRid = 1_000;
/** An enabled account (MS-ADTS 2.2.16), and one that never expires. */
const normalAccount = '512';
const never = '9223372036854775807';

const objectClasses = {
  domain: ['top', 'domain', 'domainDNS'],
  container: ['top', 'container'],
  ou: ['top', 'organizationalUnit'],
  group: ['top', 'group'],
  user: ['top', 'person', 'organizationalPerson', 'user'],
} as const;

const givenNames = ['Mia', 'Jörg', 'Aylin', 'Noah', 'Zoë', 'Lukas', 'Ines', 'Oskar', 'Fatma', 'Paul', 'Li', 'Émile'];
const surnames = ['Weber', 'Müller', 'Nguyen', 'Kowalska', 'Özdemir', 'Rossi', 'Smith', 'Schäfer', 'Lund', 'Okafor'];
const ascii = (text: string): string => text.normalize('NFD').replace(/[^a-z]/gi, '');
const pick = (names: readonly string[], index: number): string => names[index % names.length] ?? '';

export class GeneratedCompany {
  readonly people: number;
  readonly baseDn: string;
  /** How many objects there are. */
  readonly count: number;
  readonly #teams: number;
  readonly #firstPerson: number;
  readonly #firstTeam: number;

  constructor({ people, baseDn }: { people: number; baseDn: string }) {
    this.people = people;
    this.baseDn = baseDn;
    this.#teams = Math.ceil(people / peopleInTeam);
    this.#firstPerson = firstDepartment + Math.ceil(people / peopleInDepartment);
    this.#firstTeam = this.#firstPerson + people;
    this.count = this.#firstTeam + this.#teams;
  }

  /** Number of a person's object. @param index from 0 */
  person(index: number): number {
    return this.#firstPerson + index;
  }

  /** Number of a team's object. @param index from 0 */
  team(index: number): number {
    return this.#firstTeam + index;
  }

  object(number: number): GeneratedObject {
    if (number >= this.#firstTeam) return this.#teamObject(number);
    if (number >= this.#firstPerson) return this.#personObject(number);
    if (number >= firstDepartment)
      return { ...plain(`OU=Department ${number - firstDepartment}`, 'ou'), above: fixed.staff };
    switch (number) {
      case fixed.domain:
        return { ...plain(this.baseDn.split(',')[0] ?? '', 'domain'), above: null };
      case fixed.users:
        return plain('CN=Users', 'container');
      case fixed.teams:
        return plain('OU=Teams', 'ou');
      case fixed.staff:
        return plain('OU=Staff', 'ou');
      default:
        return domainUsers;
    }
  }

  /** Numbers of the objects that may have an RDN. */
  named(rdn: string): number[] {
    const index = Number(/\d+$/.exec(rdn)?.[0]);
    const numbers = Number.isNaN(index) ? Object.values(fixed) : [firstDepartment, this.#firstPerson, this.#firstTeam];
    return numbers.map((from) => from + (index || 0)).filter((number) => number < this.count);
  }

  /** Numbers of a team's members. */
  membersOf(number: number): number[] {
    if (number < this.#firstTeam || number >= this.count) return [];
    const team = number - this.#firstTeam;
    const second = this.#blockOf(this.#withSecond(team, -1)).filter((index) => index % secondTeamOf === 0);
    const members = new Set([...this.#blockOf(team), ...second]);
    return [...members].map((index) => this.person(index));
  }

  /** Numbers of a person's teams. */
  teamsOf(number: number): number[] {
    if (number < this.#firstPerson || number >= this.#firstTeam) return [];
    const index = number - this.#firstPerson;
    const team = Math.floor(index / peopleInTeam);
    const teams = index % secondTeamOf === 0 ? new Set([team, this.#withSecond(team, 1)]) : [team];
    return [...teams].map((each) => this.team(each));
  }

  /** The team that is half of all teams further on, or back. */
  #withSecond(team: number, direction: 1 | -1): number {
    return (team + this.#teams + direction * Math.floor(this.#teams / 2)) % this.#teams;
  }

  #blockOf(team: number): number[] {
    const from = team * peopleInTeam;
    return Array.from({ length: Math.min(peopleInTeam, this.people - from) }, (_, index) => from + index);
  }

  #personObject(number: number): GeneratedObject {
    const index = number - this.#firstPerson;
    const givenName = pick(givenNames, index);
    const sn = pick(surnames, Math.floor(index / givenNames.length));
    return {
      rdn: `CN=${givenName} ${sn} ${index}`,
      above: firstDepartment + Math.floor(index / peopleInDepartment),
      objectClass: objectClasses.user,
      rid: firstRid + number,
      attributes: {
        sAMAccountName: `p${index}`,
        mail: `${ascii(givenName)}.${ascii(sn)}.${index}@example.test`,
        displayName: `${givenName} ${sn}`,
        givenName,
        sn,
        userAccountControl: normalAccount,
        accountExpires: never,
        primaryGroupID: String(domainUsersRid),
      },
    };
  }

  #teamObject(number: number): GeneratedObject {
    const index = number - this.#firstTeam;
    return {
      rdn: `CN=Team ${index}`,
      above: fixed.teams,
      objectClass: objectClasses.group,
      rid: firstRid + number,
      attributes: { sAMAccountName: `team${index}` },
    };
  }
}

const plain = (rdn: string, kind: keyof typeof objectClasses): GeneratedObject => ({
  rdn,
  above: fixed.domain,
  objectClass: objectClasses[kind],
  rid: null,
  attributes: {},
});

/** Everybody's primary group, which lists none of them as a member. */
const domainUsers: GeneratedObject = {
  rdn: 'CN=Domain Users',
  above: fixed.users,
  objectClass: objectClasses.group,
  rid: domainUsersRid,
  attributes: { sAMAccountName: 'Domain Users', isCriticalSystemObject: 'TRUE' },
};
