/** A folder of production, as docs/getting-started.md has people make it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { rootCertificates } from 'node:tls';

const root = resolve(import.meta.dirname, '../..');
const secrets = ['redis-password', 'ldap-bind-password', 'lastpass-provhash', 'console-token', 'corp-ca.pem'];

/** One that leads to no LastPass, and to no directory; it goes with the test. */
export async function productionHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'production-'));
  t.after(() => rm(home, { recursive: true }));
  const example = await readFile(join(root, 'connector.containers.yaml'), 'utf8');
  const elsewhere = example.replace(/^lastpass:$/m, 'lastpass:\n  apiUrl: https://lastpass.invalid/enterpriseapi.php');
  await writeFile(join(home, 'connector.yaml'), elsewhere);
  await mkdir(join(home, 'secrets'), { mode: 0o700 });
  for (const name of secrets) await writeFile(join(home, 'secrets', name), `a-secret-called-${name}-of-this-test\n`);
  await writeFile(join(home, 'secrets', 'corp-ca.pem'), rootCertificates[0] ?? '');
  return home;
}
