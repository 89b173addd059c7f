/** A certificate authority of a domain's own, and its server's certificate with the address in it. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.ts';

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Writes `ca.pem`, `cert.pem` and `key.pem` into a folder. */
export async function makeCertificates(
  folder: string,
  { realm, address }: { realm: string; address: string },
): Promise<void> {
  const file = (name: string) => join(folder, name);
  const host = `dc1.${realm.toLowerCase()}`;
  await run('openssl', [
    ...['req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-days', '3650'],
    ...['-subj', `/CN=CA of ${host} at ${address}`],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  await run('openssl', ['req', ...newKey, '-keyout', file('key.pem'), '-out', file('dc.csr'), '-subj', `/CN=${host}`]);
  await writeFile(
    file('extensions'),
    `subjectAltName=DNS:${host},IP:${address}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`,
  );
  await run('openssl', [
    ...['x509', '-req', '-in', file('dc.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'],
    ...['-days', '825', '-extfile', file('extensions'), '-out', file('cert.pem')],
  ]);
  await chmod(file('key.pem'), 0o600);
}
