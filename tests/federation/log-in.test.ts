/** The keys and the registrar's client, against the simulator as LastPass: who is provisioned so can log in, wherever that was cut off. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { fragmentIdOf, HiddenMasterPassword } from '@connector/federation/derived.ts';
import { HttpKeyRegistrar } from '@connector/federation/http-key-registrar.ts';
import { CompanyHalf, LastPassHalf } from '@connector/federation/key-halves.ts';
import { lastPassHalfFor, RegistrarError } from '@connector/federation/key-registrar.ts';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { Simulator, SimulatorControl } from '../support/simulator.ts';

const token = 'token-of-this-rehearsal';
let simulator: Simulator;
let origin: string;
let registrar: HttpKeyRegistrar;
let client: LastPassClient;
/** As the company holds it: in a file, and in what AD FS puts into `LastPassKeyPart`. */
const companyKey = CompanyHalf.random().reveal();

before(async () => {
  simulator = await Simulator.create({ args: ['--key-registrar-token', token] });
  origin = new URL(simulator.apiUrl).origin;
  registrar = new HttpKeyRegistrar({ url: `${origin}/key-registrar`, token });
  const { provhash } = await simulator.settings(null);
  client = new LastPassClient({ apiUrl: simulator.apiUrl, cid: SimulatorControl.cid, provhash });
});
after(() => simulator[Symbol.asyncDispose]());

/** The steps of a provisioning, in their order; each is what a process that ends behind it has done. */
const steps = {
  'nothing was done': async () => undefined,
  'K2 was registered': async (username: string, k1: CompanyHalf) =>
    void (await lastPassHalfFor(registrar, { username, k1 })),
  'the account was made': provision,
};

async function provision(username: string, k1: CompanyHalf): Promise<void> {
  using k2 = await lastPassHalfFor(registrar, { username, k1 });
  using masterPassword = HiddenMasterPassword.of(k1, k2);
  const person = { fullname: '', groups: [], objectGuid: randomUUID(), directory: 'corp' };
  await client.addAccounts([{ username, ...person, masterPassword }]);
}

/** What a client does with what AD FS hands it: asks for the type and for K2, reckons the password, and logs in by that. */
async function clientLogsIn(username: string, keyPart: string): Promise<void> {
  using k1 = CompanyHalf.from(keyPart);
  const json = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`${origin}${path}`, { ...init, headers: { 'content-type': 'application/json' } });
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
    return (await answer.json()) as { type?: string; k2?: string };
  };
  assert.equal((await json(`/login/type?username=${username}`)).type, 'federated');
  const body = JSON.stringify({ username, fragmentId: fragmentIdOf(k1) });
  using k2 = LastPassHalf.from((await json('/getkey', { method: 'POST', body })).k2 ?? '');
  using password = HiddenMasterPassword.of(k1, k2);
  await simulator.login(username, { password: password.reveal() });
}

for (const [at, step] of Object.entries(steps))
  test(`cut off when ${at}, then done again: the user logs in, by the K2 that was registered first`, async () => {
    const username = `${at.replaceAll(' ', '.').toLowerCase()}@company.test`;
    const k1 = CompanyHalf.from(companyKey);
    await step(username, k1);
    const before = (await registrar.registered(username))?.k2.reveal();
    if (at !== 'the account was made') await provision(username, k1);
    const after = (await registrar.registered(username))?.k2.reveal();
    assert.ok(after !== undefined && after === (before ?? after));
    await clientLogsIn(username, companyKey);
    await simulator.login(username, { LastPassKeyPart: companyKey });
    const { welcomeEmails } = await simulator.state();
    assert.equal(welcomeEmails[username], undefined);
  });

test('a wrong K1 opens nothing, has no K2, and registers nothing over the right one', async () => {
  const username = 'ann@company.test';
  const wrong = CompanyHalf.random();
  await provision(username, CompanyHalf.from(companyKey));
  await assert.rejects(clientLogsIn(username, wrong.reveal()), /getkey: HTTP 404/);
  await assert.rejects(simulator.login(username, { LastPassKeyPart: wrong.reveal() }), /401/);
  await assert.rejects(
    provision(username, wrong),
    (error) => error instanceof RegistrarError && error.code === 'other-k1',
  );
  const registration = { username, k2: LastPassHalf.randomFor(wrong), fragmentId: fragmentIdOf(wrong) };
  await assert.rejects(
    registrar.register(registration),
    (error) => error instanceof RegistrarError && error.code === 'taken',
  );
  await clientLogsIn(username, companyKey);
});

test('many at once that register one user all get the same K2', async () => {
  const k1 = CompanyHalf.from(companyKey);
  const asking = Array.from({ length: 8 }, () => lastPassHalfFor(registrar, { username: 'many@company.test', k1 }));
  const halves = (await Promise.all(asking)).map((half) => half.reveal());
  assert.equal(new Set(halves).size, 1);
});

test('a wrong token and a simulator without a key registrar are told apart', async () => {
  const wrong = new HttpKeyRegistrar({ url: `${origin}/key-registrar`, token: 'wrong' });
  const code = (expected: string) => (error: unknown) => error instanceof RegistrarError && error.code === expected;
  await assert.rejects(wrong.registered('ann@company.test'), code('unauthorized'));
  await simulator.settings({ keyRegistrarToken: null });
  await assert.rejects(registrar.registered('ann@company.test'), code('not-a-registrar'));
});
