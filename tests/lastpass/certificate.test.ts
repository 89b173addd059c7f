/** Calls go to LastPass alone: to whoever can't prove that it is LastPass, nothing is told. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { LastPassError } from '@connector/lastpass/errors.ts';
import { makeCertificates } from '../support/samba/certificates.ts';

test('a server whose certificate nobody vouches for is told nothing, and the error says what is wrong', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  t.after(() => rm(folder, { recursive: true }));
  await makeCertificates(folder, { realm: 'LASTPASS.TEST', address: '127.0.0.1' });
  const [key, cert] = await Promise.all([readFile(join(folder, 'key.pem')), readFile(join(folder, 'cert.pem'))]);
  let told = '';
  const server = createServer({ key, cert }, (socket) => socket.on('data', (bytes) => (told += bytes)));
  server.on('tlsClientError', () => undefined); // the client breaks off, as it should
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const client = new LastPassClient({ apiUrl: `https://127.0.0.1:${port}/`, cid: '1', provhash: 'hush' });
  await assert.rejects(client.readAccount('ann@company.test'), (error) => {
    assert.ok(error instanceof LastPassError);
    assert.deepEqual([error.code, error.arrived], ['unreachable', 'no']);
    assert.match(error.message, /certificate/i);
    assert.doesNotMatch(error.message, /hush/);
    return true;
  });
  assert.equal(told, '');
});
