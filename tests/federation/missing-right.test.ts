/** A right to the attribute of keys that is missing: nobody is made another way, and typing the lines that the connector tells mends it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { setAside } from '@connector/shared/plan.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { addAttribute } from '../support/samba/secret-attribute.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { clientOf } from './federated-client.ts';

const attribute = 'lastPassK1';
const token = 'token-of-this-rehearsal';

test('who can have no key is set aside with the line of dsacls, and once each is typed they can log in', async () => {
  await using stack = await Stack.create();
  const { domain, admin, simulator, keys, store } = stack;
  await addAttribute(domain);
  await simulator.settings({ keyRegistrarToken: token });
  const url = new URL('/key-registrar/', simulator.apiUrl).href;
  await stack.configure({
    policy: { federation: 'userKey', guard: { firstCreates: 10_000 } },
    federation: { registrar: { url, token }, attribute },
  });
  stack.startAll();
  await stack.settled();
  const people = `OU=People,${domain.baseDn}`;
  await admin.createOu({ name: 'People' });
  const ann = await admin.createUser({ name: 'Ann', mail: 'ann@company.test', ou: people });
  const reason = async () => {
    const raw = await store.redis.hget(keys.setAside, `corp/${ann}`);
    return raw === null ? '' : setAside.parse(JSON.parse(raw)).reason;
  };
  for (const right of ['WP', 'RPCA']) {
    const line = `dsacls "${domain.baseDn}" /I:S /G "EXAMPLE\\svc-lastpass:${right};${attribute};user"`;
    await waitUntil(`the line that gives ${right}`, async () => (await reason()).endsWith(line));
    assert.deepEqual((await simulator.state()).users, []);
    await obeyDsacls(domain, line);
    await using retry = stack.command('retry', 'ann@company.test');
    assert.equal(await retry.ended, 0, retry.output);
  }
  await stack.quiet();
  const { ldapsUrl, adminDn: bindDn, adminPassword: bindPassword, caFile } = domain;
  const tls = { ca: await readFile(caFile, 'utf8') };
  await using directory = await connectDirectory({ urls: [ldapsUrl], bindDn, bindPassword, tls });
  const k1 = (await directory.readSecret({ guid: ann, attribute })) ?? '';
  await clientOf(simulator).logsIn('ann@company.test', k1);
});
