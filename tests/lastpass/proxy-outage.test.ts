/** A forward proxy that dies in the middle of a sync is an outage like any other; and nothing but LastPass goes through it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { Stack, serviceNames } from '../support/stack.ts';
import { Tinyproxy } from '../support/tinyproxy.ts';
import { TlsFront } from '../support/tls-front.ts';
import { waitUntil } from '../support/wait-until.ts';

const credentials = { username: 'connector', password: 'Proxy-Secret-2' };
const count = 12;
const names = Array.from({ length: count }, (_, n) => `p${n}`);
const mailOf = (name: string): string => `${name}@company.test`;
const created = z.array(z.object({ username: z.string() }));

test('a proxy dies in the middle of a sync and comes back: everybody is created once, a leaver goes, and LDAP went its own way', async () => {
  await using stack = await Stack.create({ directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  const { simulator, admin, domain, dir } = stack;
  const { port } = new URL(simulator.apiUrl);
  await using front = await TlsFront.create({ dir: join(dir, 'front'), port: Number(port) });
  await using proxy = await Tinyproxy.create({ dir: join(dir, 'proxy'), credentials });
  const apiUrl = `https://127.0.0.1:${front.port}/enterpriseapi.php`;
  const { provhash } = await simulator.settings(null);
  // Slow enough to be in the middle for a while.
  await stack.configure({
    lastpass: { ...{ apiUrl, provhash, cid: '12345678' }, batchSize: 1, callsPerSecond: 5, callsInFlight: 1 },
  });
  await admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${domain.baseDn}`;
  const guids = new Map<string, string>();
  for (const name of names) guids.set(mailOf(name), await admin.createUser({ name, ou, mail: mailOf(name) }));

  const { username, password } = credentials;
  const env = {
    HTTPS_PROXY: `http://${username}:${password}@127.0.0.1:${proxy.port}`,
    ...{ https_proxy: '', NO_PROXY: '', no_proxy: '' },
    NODE_EXTRA_CA_CERTS: front.caFile,
  };
  for (const name of serviceNames) stack.start(name, { env });
  const users = async () => (await simulator.state()).users;
  await waitUntil('some to be created', async () => (await users()).length >= 3, { withinMs: 60_000 });
  await proxy.kill();
  const told = /can't connect to the proxy at 127\.0\.0\.1:\d+ \(ECONNREFUSED\): check HTTPS_PROXY/;
  await waitUntil('the pusher to say what is wrong', () => told.test(stack.service('pusher').output));
  const soFar = await users();
  assert.ok(soFar.length < count, 'all were created before the proxy died');
  const [leaver = assert.fail('nobody was created')] = soFar.map((user) => user.username);
  await admin.disable(guids.get(leaver) ?? '');
  await stack.planned();
  assert.deepEqual(
    (await users()).map((user) => user.username),
    soFar.map((user) => user.username),
  );

  await proxy.start();
  await stack.quiet({ withinMs: 120_000 });
  const all = await users();
  assert.deepEqual(all.map((user) => user.username).sort(), names.map(mailOf).sort());
  assert.deepEqual(
    all.filter(({ disabled }) => disabled).map((user) => user.username),
    [leaver],
  );
  const { welcomeEmails } = await simulator.state();
  for (const name of names) assert.equal(welcomeEmails[mailOf(name)]?.length, 1, `welcome e-mails of ${name}`);
  const executed = (await simulator.writes()).filter(({ executed }) => executed);
  const adds = executed.filter(({ cmd }) => cmd === 'batchadd');
  assert.equal(adds.flatMap(({ data }) => created.parse(data)).length, count);
  assert.equal(executed.filter(({ cmd }) => cmd === 'disableuser').length, 1);

  assert.deepEqual([...new Set(proxy.requests)], [`CONNECT 127.0.0.1:${front.port}`]);
  for (const name of serviceNames) {
    const { output } = stack.service(name);
    assert.ok(!output.includes(password), `${name} tells the password`);
    if (name === 'pusher') assert.match(output, /"setting":"HTTPS_PROXY".*calls to LastPass go through a proxy/);
  }
});
