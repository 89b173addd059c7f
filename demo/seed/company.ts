/** The company that the demo begins with: 300 people, 25 groups, the same in each run. */
import { Organisation } from '../organisation.ts';
import { addAwkwardPeople, awkward, mailDomain } from './awkward-people.ts';
import { type Name, nameOfNumber } from './names.ts';
import { departments, groupsOu, partnersOu, peopleOu, units, warehouseOu } from './units.ts';

export const totalPeople = 300;
/** Whose members, nested, should have an account. */
export const filterGroup = 'LastPassUsers';

/** The id of an ordinary person by number, from 0. */
export const ordinaryId = (number: number): string => nameOfNumber(number).login;

export function newCompany(): Organisation {
  const company = new Organisation();
  addOus(company);
  addGroups(company);
  addOrdinaryPeople(company);
  addAwkwardPeople(company);
  addProjects(company);
  return company;
}

function addOus(company: Organisation): void {
  company.ous = [peopleOu, groupsOu, partnersOu, ...units.map(({ ou }) => ou), warehouseOu];
}

function addGroups(company: Organisation): void {
  for (const { group } of units) company.addGroup(group, { groups: departments[group] ?? [] });
  company.addGroup('Domain Guests', { isBuiltIn: true });
  company.addGroup('Visitors', { groups: ['Domain Guests'] });
  company.addGroup(filterGroup, { groups: [...Object.keys(departments), 'Visitors'] });
}

function addOrdinaryPeople(company: Organisation): void {
  let number = 0;
  for (const { group, ou, size } of units) {
    for (const end = number + size; number < end; number++) {
      addOrdinary(company, ou, nameOfNumber(number));
      company.group(group).people.add(ordinaryId(number));
    }
  }
  const others = totalPeople - awkward.length;
  for (; number < others; number++) addOrdinary(company, warehouseOu, nameOfNumber(number)); // in no group of the filter
}

function addOrdinary(company: Organisation, ou: readonly string[], { givenName, sn, login }: Name): void {
  const name = `${givenName} ${sn}`;
  company.addPerson({ id: login, name, ou, givenName, sn, displayName: name, mail: `${login}@${mailDomain}` });
}

/** Groups across departments, a circle of groups among them. */
function addProjects(company: Organisation): void {
  const every = (step: number, from: number) =>
    Array.from({ length: 200 }, (_, number) => number)
      .filter((number) => number % step === from)
      .map(ordinaryId);
  company.addGroup('Project Apollo', { people: every(11, 3), groups: ['QA Team'] });
  company.addGroup('Project Zephyr', { people: every(17, 5) });
  company.addGroup('Managers', { people: every(13, 0) });
  company.addGroup('VPN, "Remote" & Co', { people: every(7, 2) });
  company.addGroup('Große Übersicht 概要', { people: every(19, 1) });
  company.addGroup('Ring A', { people: every(40, 7), groups: ['Ring B'] });
  company.addGroup('Ring B', { people: every(40, 9), groups: ['Ring A'] });
  company.addGroup('First Aid', { people: [...every(29, 4), 'umlaut', 'comma'] });
  company.addGroup('Empty for now');
}
