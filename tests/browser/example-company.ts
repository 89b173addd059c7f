/** A company to be shown: most people have accounts, a few wait, are held or can't be synced, and something has just happened. */
import { connector } from '../acceptance/held.ts';
import { Company } from './company.ts';

const firstNames = ['Amara', 'Bruno', 'Chiara', 'Daan', 'Elif', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas'];
const lastNames = ['Okafor', 'Lindqvist', 'Moretti', 'Haddad', 'Novak', 'Petersen', 'Quintana'];
const departments = ['Engineering', 'Finance', 'Sales', 'Support'];

interface Employee {
  readonly name: string;
  readonly mail: string;
  readonly department: string;
}

const employees: readonly Employee[] = lastNames.flatMap((last, row) =>
  firstNames.map((first, column) => ({
    name: `${first} ${last}`,
    mail: `${first}.${last}@example.test`.toLowerCase(),
    department: departments[(row + column) % departments.length] ?? '',
  })),
);
/** So many of them are new, and wait for approval. */
const newcomers = 6;
/** So many leave at once, which is too many for the guard. */
const leavers = 5;

/** Opens it, with all services running. */
export async function openExampleCompany(): Promise<Company> {
  const guard = { maxLeavers: 3, maxLeaversPercent: 2 };
  const company = await Company.create({ policy: { onDetected: 'approve', memberships: 'all', guard } });
  try {
    await found(company);
    company.stack.startAll();
    await company.stack.settled();
    await goOn(company);
    return company;
  } catch (error) {
    await company[Symbol.asyncDispose]();
    throw error;
  }
}

async function found({ stack }: Company): Promise<void> {
  const { admin, domain, simulator } = stack;
  const ou = `OU=Staff,${domain.baseDn}`;
  for (const { name, mail } of employees)
    await admin.createUser({ name, ou, mail, displayName: name, sam: mail.split('@')[0]?.slice(0, 20) ?? name });
  await admin.createUser({ name: 'Front Desk', ou, displayName: 'Front Desk' }); // has no mail
  const double = { mail: employees[0]?.mail ?? '', displayName: 'Amara Okafor-Bell' };
  await admin.createUser({ name: double.displayName, ou, ...double });
  const teams: string[] = [];
  for (const department of departments) {
    const members = employees.filter((each) => each.department === department).map(({ name }) => `CN=${name},${ou}`);
    await admin.createGroup({ name: department, ou, members });
    teams.push(`CN=${department},${ou}`);
  }
  await admin.createGroup({ name: 'Everybody', ou, members: teams });
  const known = employees.slice(0, -newcomers);
  await simulator.seed({ users: known.map(({ name, mail }) => ({ username: mail, fullname: name })) });
}

async function goOn({ stack }: Company): Promise<void> {
  const { admin, simulator } = stack;
  const ou = `OU=Staff,${stack.domain.baseDn}`;
  const [, , married, deletedByHand] = employees;
  if (married) await admin.modify(`CN=${married.name},${ou}`, { displayName: 'Chiara Okafor-Moretti' });
  if (deletedByHand) await simulator.byHand('deluser', { username: deletedByHand.mail, deleteaction: 2 });
  for (const { name } of employees.slice(10, 10 + leavers)) await admin.delete(`CN=${name},${ou}`);
  await stack.settled();
  await connector(stack, 'sync', '--timeout', '60');
  await stack.settled();
}
