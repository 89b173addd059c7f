/** The whole story with the company's key: from somebody in Active Directory to a log-in that K1 and K2 open, wherever a pusher was killed. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { fragmentIdOf } from '@connector/federation/derived.ts';
import { CompanyHalf } from '@connector/federation/key-halves.ts';
import { Stack } from '../support/stack.ts';
import { clientOf } from './federated-client.ts';

const preload = pathToFileURL(resolve(import.meta.dirname, '../faults/crash-preload.ts')).href;
const token = 'token-of-this-rehearsal';
const companyKey = CompanyHalf.random().reveal();
const lines: string[] = [];
let stack: Stack;
let people: string;

before(async () => {
  stack = await Stack.create({ onLine: (_, line) => lines.push(line) });
  const file = join(stack.dir, 'company-key');
  await writeFile(file, `${companyKey}\n`);
  await stack.simulator.settings({ keyRegistrarToken: token });
  const url = new URL('/key-registrar/', stack.simulator.apiUrl).href;
  await stack.configure({
    policy: { federation: 'companyKey', guard: { firstCreates: 10_000 } },
    federation: { registrar: { url, token }, companyKeyFile: file },
  });
  people = `OU=People,${stack.domain.baseDn}`;
  await stack.admin.createOu({ name: 'People' });
  for (const name of ['watcher', 'reconciler', 'pusher'] as const) stack.start(name);
  await stack.settled();
});
after(() => stack[Symbol.asyncDispose]());

const hire = (name: string) => stack.admin.createUser({ name, mail: `${name}@company.test`, ou: people });

test('somebody who appears in Active Directory can log in by K1, and gets no welcome e-mail', async () => {
  await hire('Ann');
  await stack.settled();
  const client = clientOf(stack.simulator);
  await client.logsIn('ann@company.test', companyKey);
  const wrong = CompanyHalf.random().reveal();
  await assert.rejects(client.logsIn('ann@company.test', wrong), /getkey: HTTP 404/);
  await assert.rejects(stack.simulator.login('ann@company.test', { LastPassKeyPart: wrong }), /401/);
  assert.deepEqual((await stack.simulator.state()).welcomeEmails, {});
});

for (const at of [
  'before:call registered',
  'before:call register',
  'after:call register',
  'before:call batchadd',
  'after:call batchadd',
])
  test(`a pusher killed ${at.replace(':', ' the ')} leaves a user who can log in`, async () => {
    const name = at.replaceAll(/\W/g, '-');
    await stack.stop('pusher');
    const crashing = stack.start('pusher', { env: { NODE_OPTIONS: `--import=${preload}`, CRASH_AT: at } });
    await hire(name);
    assert.equal(await crashing.ended, null, 'it was killed');
    stack.start('pusher');
    await stack.settled();
    await clientOf(stack.simulator).logsIn(`${name}@company.test`, companyKey);
    const { welcomeEmails } = await stack.simulator.state();
    assert.deepEqual(welcomeEmails, {});
  });

test('no half of a key, and nothing that comes of them, is in Redis or in a log', async () => {
  const fragmentId = fragmentIdOf(CompanyHalf.from(companyKey));
  const k2 = await clientOf(stack.simulator).k2Of('ann@company.test', fragmentId);
  const { redis } = stack.store;
  const dumps = await Promise.all(
    (await redis.keys('*')).map(async (key) => [key, await redis.dumpBuffer(key)] as const),
  );
  assert.ok(
    dumps.some(([, dump]) => dump?.includes(fragmentId)),
    'the dumps can be read',
  );
  for (const secret of [companyKey, k2]) {
    for (const [key, dump] of dumps) assert.ok(!dump?.includes(secret), key);
    assert.ok(!lines.some((line) => line.includes(secret)));
  }
});
