/** Federated users when something is in the way: nobody is made another way, no key is replaced, and everybody else goes on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fragmentIdOf } from '@connector/federation/derived.ts';
import { CompanyHalf, LastPassHalf } from '@connector/federation/key-halves.ts';
import { type Link, link, setAside } from '@connector/shared/plan.ts';
import { type Run, Servers } from '../faults/pipeline.ts';
import { bases, changed, directory, guidOf, person, surroundings } from '../faults/scenario.ts';
import { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';
import { clientOf } from './federated-client.ts';

const token = 'token-of-this-rehearsal';
const companyKey = CompanyHalf.random().reveal();
let servers: Servers;
let companyKeyFile: string;

before(async () => {
  servers = await Servers.create();
  companyKeyFile = join(servers.dir, 'company-key');
  await servers.simulator.settings({ keyRegistrarToken: token });
});
after(() => servers[Symbol.asyncDispose]());

const registrarUrl = () => new URL('/key-registrar/', servers.simulator.apiUrl).href;

interface Beginning {
  readonly tenant?: object;
  readonly policy?: object;
  /** Where the registrar is, instead of the simulator's. */
  readonly url?: string;
  readonly companyKeyFragmentId?: string;
}

const fragmentId = fragmentIdOf(CompanyHalf.from(companyKey));

async function begin({ tenant = {}, policy = {}, ...federation }: Beginning = {}): Promise<Run> {
  const { url = registrarUrl(), companyKeyFragmentId = fragmentId } = federation;
  await writeFile(companyKeyFile, `${companyKey}\n`);
  return await servers.run({
    tenant,
    directory,
    policy: { memberships: 'all', federation: 'companyKey', ...policy },
    federation: { registrar: { url, token }, companyKeyFile, companyKeyFragmentId },
  });
}

/** The registrar's own door: it says that a key is kept, whoever's it is. */
async function register(username: string, k1: CompanyHalf): Promise<void> {
  const body = { username, k2: LastPassHalf.randomFor(k1).reveal(), fragmentId: fragmentIdOf(k1) };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(`${registrarUrl()}register`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201);
}

const fullRead = (run: Run, people: Parameters<Run['appendFullRead']>[0], generation = 1) =>
  run.appendFullRead([...surroundings({ staff: [11, 12] }), ...people], { ...bases, generation });
const linkOf = async ({ store }: Run, n: number): Promise<Link | null> => {
  const raw = await store.redis.hget(store.keys.links, `corp/${guidOf(n)}`);
  return raw === null ? null : link.parse(JSON.parse(raw));
};
const reasonOf = async ({ store }: Run, n: number): Promise<string | null> => {
  const raw = await store.redis.hget(store.keys.setAside, `corp/${guidOf(n)}`);
  return raw === null ? null : setAside.parse(JSON.parse(raw)).reason;
};
const commandsOf = async (run: Run) =>
  (await run.calls()).map(({ cmd }) => cmd).filter((cmd) => !['getuserdata', 'batchchangegrp'].includes(cmd));

test('the same key is sent however often it is tried, in calls of 25 at most, and nobody gets a welcome e-mail', async () => {
  await using run = await begin();
  const names = Array.from({ length: 60 }, (_, index) => `p${index}`);
  await fullRead(
    run,
    names.map((name, index) => person(100 + index, name)),
  );
  await run.inside('reconciler');
  await run.inside('pusher');
  await run.quiet({ withinMs: 90_000 });
  const { users, welcomeEmails } = await servers.simulator.state();
  assert.equal(users.length, 60);
  assert.deepEqual(welcomeEmails, {});
  const sizes = (await run.calls()).flatMap(({ cmd, data }) =>
    cmd === 'batchadd' ? [(data as unknown[]).length] : [],
  );
  assert.ok(
    sizes.every((size) => size <= 25),
    String(sizes),
  );
  await clientOf(servers.simulator).logsIn('p59@company.test', companyKey);
});

test('while the key registrar is down federated users wait, and everybody else goes on', async () => {
  await using run = await begin({ tenant: { users: [{ username: 'bob@company.test', fullname: 'Bob of old' }] } });
  await servers.simulator.settings({ keyRegistrarToken: null });
  await fullRead(run, [person(11, 'ann'), person(12, 'bob')]);
  await run.inside('reconciler');
  const pusher = run.process('pusher');
  await waitUntil('the trouble to be told', () => /federated users wait: the key registrar at/.test(pusher.output));
  await waitUntil('Bob to be renamed', async () => (await commandsOf(run)).includes('updateuser'));
  assert.ok(!(await commandsOf(run)).includes('batchadd'));
  await servers.simulator.settings({ keyRegistrarToken: token });
  await run.quiet();
  await clientOf(servers.simulator).logsIn('ann@company.test', companyKey);
  await waitUntil('the trouble to be over', () => /solved: federation/.test(pusher.output));
});

test('another company key than the configured one provisions nobody, and the error says which one belongs there', async () => {
  await using run = await begin();
  const other = CompanyHalf.random();
  await writeFile(companyKeyFile, other.reveal());
  await fullRead(run, [person(11, 'ann')]);
  await run.inside('reconciler');
  const pusher = run.process('pusher');
  await waitUntil('the trouble to be told', () =>
    pusher.output.includes(
      `holds another company key (fragment id ${fragmentIdOf(other)}) than federation.companyKeyFragmentId names (${fragmentId})`,
    ),
  );
  assert.deepEqual((await servers.simulator.state()).users, []);
  await writeFile(companyKeyFile, `${companyKey}\n`);
  await run.quiet();
  await clientOf(servers.simulator).logsIn('ann@company.test', companyKey);
});

test('a company key that was rotated provisions nobody, until nobody has the former one and somebody lets go of it', async () => {
  await using run = await begin();
  const former = fragmentIdOf(CompanyHalf.random());
  const { redis, keys } = run.store;
  await redis.set(keys.companyKey, former);
  const zoe = { username: 'zoe@elsewhere.test', id: '1', disabledByUs: false, federated: 'companyKey' };
  await redis.hset(keys.links, 'corp/zoe', JSON.stringify(zoe));
  await fullRead(run, [person(11, 'ann')]);
  await run.inside('reconciler');
  const pusher = run.process('pusher');
  await waitUntil('the trouble to be told', () =>
    pusher.output.includes(`names another company key (${fragmentId}) than people are provisioned with (${former})`),
  );
  assert.match(
    (await connector(run, 'status')).text,
    /company’s key {2}the configured company key .* isn't the one that people/,
  );
  const refused = await connector(run, 'key', 'forget');
  assert.deepEqual(refused, {
    code: 1,
    text: `connector: 1 person has the company's key of fragment id ${former}, or is about to: no other opens their vaults`,
  });
  await redis.hdel(keys.links, 'corp/zoe');
  assert.equal((await connector(run, 'key', 'forget')).code, 0);
  await run.allIsDue();
  await run.quiet();
  await clientOf(servers.simulator).logsIn('ann@company.test', companyKey);
});

test('a registrar that hangs keeps nobody from losing access, not even who is to be converted', async () => {
  let asked = '';
  const hanging = createServer((request) => request.on('data', (data) => (asked += String(data))));
  hanging.listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  try {
    const users = ['bob', 'cyd'].map((name) => ({ username: `${name}@company.test`, fullname: `Mx ${name}` }));
    const { port } = hanging.address() as AddressInfo;
    await using run = await begin({ tenant: { users }, url: `http://127.0.0.1:${port}/` });
    const joiners = Array.from({ length: 100 }, (_, index) => person(100 + index, `p${index}`));
    await fullRead(run, [person(12, 'bob'), person(13, 'cyd'), ...joiners]);
    await run.inside('reconciler');
    await run.inside('pusher');
    assert.equal((await connector(run, 'convert', 'Staff', '--yes')).code, 0); // of whom Bob has an account
    await waitUntil('Bob’s key to be asked for', () => asked.includes('bob@company.test'));
    await run.append({
      type: 'changes',
      caughtUp: true,
      changes: [changed(12, { userAccountControl: 514 }), changed(13, { userAccountControl: 514 })],
    });
    await waitUntil(
      'both to be disabled',
      async () => (await servers.simulator.state()).users.every(({ disabled }) => disabled),
      {
        withinMs: 10_000,
      },
    );
    assert.deepEqual(await servers.simulator.state().then(({ keys }) => keys ?? {}), {});
  } finally {
    hanging.closeAllConnections();
    hanging.close();
  }
});

test('once deliveries are paused no key is registered', async () => {
  let pause = async () => {};
  const registrar = createServer(async (request, response) => {
    const [body] = await Promise.all([text(request), pause()]);
    const url = new URL(request.url?.slice(1) ?? '', registrarUrl());
    const headers = { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' };
    const answer = await fetch(url, { method: 'POST', headers, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  registrar.listen(0, '127.0.0.1');
  await once(registrar, 'listening');
  try {
    await using run = await begin({ url: `http://127.0.0.1:${(registrar.address() as AddressInfo).port}/` });
    const { redis, keys } = run.store;
    pause = async () => void (await redis.set(keys.paused, JSON.stringify({ by: 'root', atMs: 1 })));
    const people = Array.from({ length: 100 }, (_, index) => person(100 + index, `p${index}`));
    await fullRead(run, people);
    await run.inside('reconciler');
    await run.inside('pusher');
    const registered = async () => Object.keys((await servers.simulator.state()).keys ?? {}).length;
    await waitUntil('some keys', async () => (await registered()) > 0);
    await waitUntil('all claims to be over', async () => (await redis.hlen(keys.claims)) === 0);
    const paused = await registered();
    assert.ok(paused < people.length, String(paused));
    await run.ring();
    assert.equal(await registered(), paused);
    pause = async () => {};
    await redis.del(keys.paused);
    await run.ring();
    await run.quiet({ withinMs: 60_000 });
    assert.equal((await servers.simulator.state()).users.length, people.length);
  } finally {
    registrar.closeAllConnections();
    registrar.close();
  }
});

test('a K2 of another K1 is never replaced: that person is set aside, and the others are created', async () => {
  await using run = await begin();
  const lost = CompanyHalf.random();
  await register('ann@company.test', lost);
  await fullRead(run, [person(11, 'ann'), person(12, 'bob')]);
  await run.inside('reconciler');
  await run.inside('pusher');
  await waitUntil('Ann to be set aside', () => reasonOf(run, 11));
  assert.match(
    (await reasonOf(run, 11)) ?? '',
    new RegExp(
      `^the K2 that is registered for ann@company.test belongs to another K1 \\(fragment id ${RegExp.escape(fragmentIdOf(lost))}`,
    ),
  );
  await waitUntil('Bob to be created', async () => (await servers.simulator.state()).users.length === 1);
  assert.equal((await servers.simulator.state()).keys?.['ann@company.test']?.fragmentId, fragmentIdOf(lost));
});

test('who is federated is known from the registrar, too: after Redis has forgotten it no other mail is sent', async () => {
  await using run = await begin();
  await fullRead(run, [person(11, 'ann')]);
  await run.inside('reconciler');
  await run.inside('pusher');
  await run.quiet();
  const { redis, keys } = run.store;
  const { federated, ...forgotten } = (await linkOf(run, 11)) ?? assert.fail('no link');
  assert.equal(federated, 'companyKey');
  await redis.hset(keys.links, `corp/${guidOf(11)}`, JSON.stringify(forgotten));
  await run.append({ type: 'changes', caughtUp: true, changes: [changed(11, { mail: 'anna@company.test' })] });
  await waitUntil('Ann to be set aside', () => reasonOf(run, 11));
  assert.match(
    (await reasonOf(run, 11)) ?? '',
    /^a K2 is registered for ann@company\.test, so they are taken for a federated user/,
  );
  assert.ok(!(await commandsOf(run)).includes('updateemail'));
});

test('a group’s log-ins become federated ones: asked for once, done whenever the registrar is there, and leavers leave meanwhile', async () => {
  const users = ['ann', 'bob', 'cyd'].map((name) => ({ username: `${name}@company.test`, fullname: `Mx ${name}` }));
  await using run = await begin({ tenant: { users } });
  await fullRead(run, [person(11, 'ann'), person(12, 'bob'), person(13, 'cyd')]);
  await run.inside('reconciler');
  await run.inside('pusher');
  await run.quiet();
  assert.deepEqual(await connector(run, 'convert', 'Nobodies', '--yes'), {
    code: 1,
    text: 'connector: no group is called "Nobodies": write its DN, or its name where it lies below groupBases',
  });
  await servers.simulator.settings({ keyRegistrarToken: null });
  const asked = await connector(run, 'convert', 'Staff', '--yes');
  assert.equal(asked.code, 0, asked.text);
  assert.match(asked.text, /The group has 2 people in it\.\n {2}2 {2}log in by a master password\n/);
  assert.match(asked.text, /Asked for 2 people; "connector federation status" tells/);
  await run.append({
    type: 'changes',
    caughtUp: true,
    changes: [
      changed(11, { displayName: 'Ann the Renamed' }),
      changed(12, { userAccountControl: 514 }),
      changed(13, { displayName: 'Cyd the Renamed' }),
    ],
  });
  await waitUntil('Bob to be disabled and Cyd renamed', async () => (await commandsOf(run)).length === 2);
  assert.deepEqual((await commandsOf(run)).sort(), ['disableuser', 'updateuser'], 'Ann waits');
  const waiting = await connector(run, 'status');
  assert.match(waiting.text, /to be converted {2}2 people/);
  assert.equal(waiting.code, 1, 'the registrar does not answer');
  await servers.simulator.settings({ keyRegistrarToken: token });
  await run.allIsDue();
  await waitUntil('Ann to be federated', async () => (await linkOf(run, 11))?.federated);
  await run.quiet();
  assert.deepEqual((await commandsOf(run)).sort(), ['disableuser', 'updateuser', 'updateuser'], 'Ann is synced again');
  await servers.simulator.login('ann@company.test', { password: 'her own', LastPassKeyPart: companyKey });
  await clientOf(servers.simulator).logsIn('ann@company.test', companyKey);
  const taken = await connector(run, 'convert', 'Staff', '--yes', '--cancel');
  assert.match(taken.text, /1 person goes on with their master passwords\./);
  assert.equal((await linkOf(run, 12))?.federating, undefined);
  const well = await connector(run, 'status', '--verify');
  assert.equal(well.code, 0, well.text);
  assert.match(well.text, /keys +1 fit, 0 don’t/);
});

async function connector(run: Run, ...args: string[]): Promise<{ code: number | null; text: string }> {
  const program = new Program({
    command: process.execPath,
    args: [resolve(import.meta.dirname, '../../services/console/src/connector.ts'), 'federation', ...args],
    env: { CONNECTOR_CONFIG: run.configFile },
  });
  const code = await program.ended;
  return { code, text: program.output };
}
