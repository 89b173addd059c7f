/**
 * write-seed.ts FOLDER: writes what the demo in containers begins with, the same company and tenant as `make demo`:
 * `people.ldif` for the domain, `tenant.json` for the simulator.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ldifOf } from '../ldif.ts';
import { newCompany } from '../seed/company.ts';
import { initialTenant } from '../seed/initial-accounts.ts';

const [folder = '.'] = process.argv.slice(2);
const baseDn = 'DC=example,DC=test';
writeFileSync(join(folder, 'people.ldif'), ldifOf(newCompany(), baseDn));
writeFileSync(join(folder, 'tenant.json'), JSON.stringify(initialTenant));
