/** docs/cli.md says what is true: every command and option, and every field of every JSON document, as real runs print them. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import { credentialsDigest } from '@connector/shared/credentials.ts';
import { type Disabling, type Step, step } from '@connector/shared/plan.ts';
import { policy, policyVersion } from '@connector/shared/policy.ts';
import type { Command } from 'commander';
import { whats } from '../../services/console/src/check/findings.ts';
import { commandLine } from '../../services/console/src/command-line/command-line.ts';
import { WrongUsage } from '../../services/console/src/command-line/wrong-usage.ts';
import { testBody } from '../../services/console/src/notifications/message.ts';
import { outgoingWrite } from '../../services/console/src/notifications/outbox.ts';
import type { Program } from '../support/child-process.ts';
import { freePort } from '../support/redis-server.ts';
import { Simulator } from '../support/simulator.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Described, document, sectionNamed, sections } from './cli-document.ts';
import { failJob } from './failed-job.ts';
import { janesMail, putJaneToWork, tellOfJane } from './jane-at-work.ts';
import { guidOf, Workplace } from './workplace.ts';

const root = resolve(import.meta.dirname, '../..');
const program = (): Command => commandLine(() => undefined);
const described = new Described();
const ofCommands = sections.filter(({ title }) => title.startsWith('connector '));

/** The JSON that a command prints, looked at in the light of its section. */
async function look(command: Program, section: string): Promise<unknown> {
  await using running = command;
  await running.ended;
  const json = JSON.parse(running.output);
  described.look(json, sectionNamed(section));
  return json;
}

let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());
const run = (command: string, ...args: string[]) =>
  look(
    place.start(command, ...args, '--json'),
    `connector ${/^(approve|reject)$/.test(command) ? 'release' : command}`,
  );

test('every command has a section, and every section a command', () => {
  const commands = program().commands.map((command) => `connector ${command.name()}`);
  assert.deepEqual(ofCommands.map(({ title }) => title).sort(), commands.sort());
});

test('every option is in the table of its command, and every option in a table exists', () => {
  for (const command of [program(), ...program().commands]) {
    const isProgram = command.parent === null;
    const title = isProgram ? 'Options of connector itself' : `connector ${command.name()}`;
    const written = sectionNamed(title).rows.get('option') ?? [];
    const flags = command.options.map(({ long }) => long ?? '');
    const told = new Set(written.flatMap((name) => /^--[\w-]+/.exec(name)?.[0] ?? []));
    assert.deepEqual([...told].sort(), [...flags, ...(isProgram ? ['--help'] : [])].sort(), title);
  }
});

test('every command has an example, and all examples can be typed, but for the one of wrong usage', () => {
  for (const { title, text } of ofCommands) assert.match(text, new RegExp(`\\$ ${title}( |\\n)`), title);
  const typed = [...document.matchAll(/^(?:\$ )?connector ([^|\n]*?)(?: \|.*)?$/gm)].map(([, line = '']) => line);
  assert.ok(typed.length > ofCommands.length);
  const wrong = typed.filter((line) => {
    const typing = program();
    for (const each of [typing, ...typing.commands]) each.configureOutput({ writeOut: () => undefined });
    try {
      typing.parse(line.split(' '), { from: 'user' });
    } catch (error) {
      return error instanceof WrongUsage;
    }
    return false;
  });
  assert.deepEqual(wrong, ['held --jsn --json']);
});

test('the codes of errors are those of the code', () => {
  const codesIn = (folder: string) =>
    readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
      .flatMap((file) => [...readFileSync(resolve(root, folder, file), 'utf8').matchAll(/ code = '([A-Z_]+)'/g)])
      .map(([, code = '']) => code);
  const told = (sectionNamed('Errors in JSON').rows.get('code') ?? []).filter((code) => /^[A-Z]/.test(code));
  const ours = new Set(codesIn('services/console/src'));
  assert.deepEqual(
    [...ours].filter((code) => !told.includes(code)),
    [],
  );
  const all = new Set([...ours, ...codesIn('packages'), 'FAILED']);
  assert.deepEqual(
    told.filter((code) => !all.has(code)),
    [],
  );
});

test('what a check looks at is in its table, and nothing else is', () => {
  assert.deepEqual([...(sectionNamed('connector check').rows.get('what') ?? [])].sort(), [...whats].sort());
});

test('the fields of steps are those of all kinds of steps together', () => {
  const section = sectionNamed('Steps');
  const fields = new Set(step.options.flatMap(({ shape }) => Object.keys(shape)));
  assert.deepEqual(section.fields.map(({ path }) => path).sort(), [...fields].sort());
  const kinds = step.options.map(({ shape }) => shape.kind.value);
  for (const kind of kinds) assert.ok(section.text.includes(`\`${kind}\``), kind);
});

/** People and groups in every state that a command can tell of. */
async function fill(): Promise<void> {
  const { redis, keys } = place.store;
  await place.clear();
  const create: Step = {
    kind: 'create',
    fullname: 'Eve',
    groups: ['Sales'],
    needsApproval: true,
    because: 'is in scope',
  };
  await place.hold('a');
  await place.hold('b');
  for (const [list, digit] of [
    ['pending', 'c'],
    ['rejected', 'd'],
  ] as const) {
    const person = await place.hold(digit, { steps: [create] });
    await redis.multi().zrem(keys.held, person).zadd(keys[list], 1_700_000_000_000, person).exec();
  }
  for (const { digit, kind } of [
    { digit: 'e', kind: 'data' },
    { digit: 'f', kind: 'drift' },
  ]) {
    const aside = { name: 'Ida', reason: 'why', kind, sinceMs: 1_700_000_000_000 };
    await redis.hset(keys.setAside, `corp/${guidOf(digit)}`, JSON.stringify(aside));
  }
  const perhapsOurs: Account = {
    username: 'pat@x.org',
    id: '7',
    fullname: 'Pat',
    disabled: false,
    admin: false,
    groups: ['Staff'],
    invited: false,
    objectGuid: null,
    directory: null,
  };
  await redis.hset(keys.accounts, perhapsOurs.username, JSON.stringify(perhapsOurs));
  await redis.hset(keys.ownedGroups, 'staff', 'Staff');
  for (const { digit, to } of [
    { digit: '1', to: 'Revenue' },
    { digit: '2', to: 'Care' },
  ]) {
    const rename = { to, sinceMs: 1_700_000_000_000, verdict: 'held', by: null };
    await place.mirror(digit, { kind: 'group', rdn: `CN=${to}`, mail: null });
    await redis.hset(keys.syncedGroups, `corp/${guidOf(digit)}`, JSON.stringify({ name: `Old ${to}`, rename }));
  }
}

/** Somebody whom we have just disabled. */
async function disabledByUs(): Promise<void> {
  const { redis, keys } = place.store;
  const person = `corp/${guidOf('e')}`;
  const disabling: Disabling = {
    username: 'e@x.org',
    name: 'E',
    because: 'is disabled',
    digest: 'd',
    atMs: Date.now(),
  };
  await redis.hset(keys.disablings, person, JSON.stringify(disabling));
  await redis.hset(keys.links, person, JSON.stringify({ username: 'e@x.org', id: '5', disabledByUs: true }));
}

test('status and check print what is described', async () => {
  const { redis, keys } = place.store;
  await fill();
  await place.configure({ lastpass: { apiUrl: 'http://127.0.0.1:1/', cid: '1', provhash: 'p' } });
  const { toDeliver, accountsRead, pace } = keys;
  const nowMs = Date.now();
  const read = { atMs: nowMs, total: 0, answered: null };
  await redis
    .multi()
    .zadd(toDeliver, nowMs, 'corp/x')
    .set(accountsRead, JSON.stringify(read))
    .zadd(pace, nowMs, 'p#1:5:1000')
    .exec();
  await run('status');
  await run('check');
  await place.tellCondition('pusher', { ready: false, problems: ['why'] });
  await redis.set(keys.paused, JSON.stringify({ by: 'somebody', atMs: 1 }));
  const request = { id: 'x', full: true, before: { 'full-read': null, changes: null, accounts: null } };
  await redis.set(keys.run, JSON.stringify({ by: 'somebody', atMs: 1, request }));
  await redis.set(keys.reviewed, JSON.stringify({ by: 'somebody', atMs: 1, people: 1 }));
  const inForce = { version: 'x', settled: true, after: {}, firstRun: { passed: 1 } };
  await redis.set(keys.policy, JSON.stringify(inForce));
  const alarm = JSON.stringify({ message: 'wrong provhash', sinceMs: 1, tryAgainAtMs: 2 });
  await redis.hset(keys.alarms, credentialsDigest({ cid: '1', provhash: 'p' }), alarm);
  await place.answerRequests();
  await run('status');
});

test('test-notifications prints what is described, and status which messages do not get out', async () => {
  const { redis, keys } = place.store;
  const endpoint = `http://127.0.0.1:${await freePort()}/`;
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
  await place.configure({ notifications: { webhook: { endpoint, secret } } });
  await run('test-notifications');
  const message = { id: 'msg_1', body: testBody({ connector: 'connector', atMs: 1 }) };
  const [set, key, field, raw] = outgoingWrite(keys, 'webhook', message, { name: 'test', atMs: 1 });
  assert.deepEqual([set, key], ['HSET', keys.outbox]);
  await redis.hset(keys.outbox, field ?? '', JSON.stringify({ ...JSON.parse(raw ?? ''), attempts: 1, failure: 'why' }));
  await run('status');
  await redis.del(keys.outbox);
  await place.configure({});
});

test('support-bundle prints what is described', async () => {
  const { redis, keys } = place.store;
  await failJob(place, 'somebody');
  await redis.xadd(keys.recentLog, '*', 'line', '{"level":40,"time":"t","service":"pusher","msg":"why"}');
  await run('support-bundle');
  await redis.set(keys.recentLog, 'no stream');
  await run('support-bundle');
});

test('federation prints what is described', async () => {
  await run('federation', 'key', 'generate');
  const file = join(dirname(place.configFile), 'company-key');
  await run('federation', 'key', 'generate', '--out', file);
  await run('federation', 'key', 'verify', file);
  await run('federation', 'key', 'verify', file, '--fragment-id', `${'A'.repeat(43)}=`);
  await putJaneToWork(place);
  await run('federation', 'status'); // nothing of it is configured
  const token = 'token-of-this-rehearsal';
  await using simulator = await Simulator.create({ args: ['--key-registrar-token', token] });
  const registrar = { url: new URL('/key-registrar/', simulator.apiUrl).href, token };
  const rules = { groupFilter: ['CN=Staff,DC=corp,DC=test'], federation: 'companyKey' } as const;
  const companyKeyFragmentId = 'Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0=';
  const federation = { registrar, companyKeyFile: file, companyKeyFragmentId };
  await place.configure({ policy: rules, federation });
  const { redis, keys } = place.store;
  const version = policyVersion(policy.parse(rules), [{ id: 'corp', userBases: [], groupBases: [] }]);
  await redis.set(keys.policy, JSON.stringify({ version, settled: true, after: {}, firstRun: null }));
  await redis.sadd(keys.directory('corp').mirror(1).members(guidOf('1')), guidOf('a'), guidOf('b'));
  const staff = 'CN=Staff,DC=corp,DC=test';
  await run('federation', 'key', 'forget');
  await run('federation', 'convert', staff, '--dry-run');
  await run('federation', 'convert', staff, '--yes');
  await run('federation', 'convert', '--cancel', '--dry-run');
  const aside = { name: 'Jane', reason: 'why', kind: 'refused', sinceMs: 1 };
  await redis.hset(keys.setAside, `corp/${guidOf('a')}`, JSON.stringify(aside));
  const federated = { username: 'kim@corp.test', id: '7', disabledByUs: false, federated: 'companyKey' };
  await redis.hset(keys.links, `corp/${guidOf('c')}`, JSON.stringify(federated));
  await redis.set(keys.companyKey, 'that of another key');
  await run('federation', 'status', '--verify');
  await place.configure({ federation: { registrar: { ...registrar, token: 'wrong' }, companyKeyFile: `${file}.not` } });
  await run('federation', 'status', '--verify');
  await place.configure({});
});

test('lists and decisions print what is described', async () => {
  await fill();
  for (const command of ['held', 'pending', 'aside', 'drift']) await run(command);
  await run('release', 'a@x.org', 'Revenue', 'nobody@x.org');
  await run('approve', '--all');
  await run('reject', '--all');
  await disabledByUs();
  await run('undo');
  await run('undo', guidOf('e'), 'nobody@x.org');
  await run('retry', '--all');
  await run('retry', guidOf('f'), 'nobody@x.org');
});

test('explain prints what is described', async () => {
  await putJaneToWork(place);
  await tellOfJane(place);
  await run('explain', janesMail, 'nobody');
  await run('audit');
  await place.configure({});
});

test('policy prints what is described', async () => {
  const { redis, keys } = place.store;
  await putJaneToWork(place);
  const [kim, staff] = [guidOf('c'), guidOf('1')];
  await place.mirror('c', { rdn: 'CN=Kim Lee', displayName: 'Kim Lee', mail: 'kim@corp.test' });
  for (const each of [kim, guidOf('b')]) await redis.sadd(keys.directory('corp').mirror(1).memberships(each), staff);
  await run('policy');
  await run('policy', 'set', 'groupFilter=[Nobody]', '--dry-run'); // Jane is held
  await place.hold('a');
  await run('policy', 'set', 'onDetected=approve', '--dry-run'); // Kim is pending, her double aside, and Jane isn't held any more
  await run('policy', 'set', 'onDetected=approve', '--yes');
  await run('policy', 'set', 'onDetected=approve', '--yes');
  await run('policy');
  await run('policy', 'set', 'memberships=all', '--yes');
  await run('policy', 'history');
  await run('status');
  await place.configure({});
});

test('sync, pause and resume, and an error, print what is described', async () => {
  const { redis, keys } = place.store;
  await fill();
  await run('sync', '--no-wait');
  await run('sync', '--timeout', '0.2');
  const before = await redis.hget(keys.requests, 'accounts');
  const syncing = place.start('sync', '--json');
  await using _ = syncing;
  await waitUntil('the request', async () => (await redis.hget(keys.requests, 'accounts')) !== before);
  await place.answerRequests();
  await look(syncing, 'connector sync');
  for (const name of ['first', 'second']) await run('create-token', name);
  await run('create-token', 'third', '--expires', 'never');
  await run('tokens');
  await run('revoke-token', 'first', 'nobody');
  await run('debug-log', 'on');
  await run('debug-log');
  await run('audit');
  await run('audit', 'export');
  await run('audit', 'verify');
  await run('audit', 'verify', '--known', `1:${'0'.repeat(64)}`);
  await run('pause');
  await look(place.start('sync', '--json'), 'Errors in JSON');
  await run('resume');
});

test('preview and apply print what is described, the CSV has the columns described, and so has a plan file', async () => {
  await using stack = await Stack.create({
    policy: { memberships: 'all', guard: { firstCreates: 1 } },
    directory: (base) => ({ userBases: [`OU=Staff,${base}`] }),
  });
  const { store, admin, domain } = stack;
  await admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${domain.baseDn}`;
  for (const name of ['ann', 'bob', 'eve']) await admin.createUser({ name, ou, mail: `${name}@company.test` });
  await admin.createUser({ name: 'nomail', ou });
  const gone = await admin.createUser({ name: 'gone', ou, mail: 'gone@company.test' });
  const group = await admin.createGroup({ name: 'Revenue', ou, members: [`CN=ann,${ou}`] });
  const { redis, keys } = store;
  await redis.hset(keys.syncedGroups, `corp/${group}`, JSON.stringify({ name: 'Sales', rename: null }));
  const link = { username: 'gone@company.test', id: '99', disabledByUs: false };
  await redis.hset(keys.links, `corp/${gone}`, JSON.stringify(link));
  await redis.hset(keys.linked, link.username, `corp/${gone}`);
  const preview = () => look(stack.command('preview', '--json'), 'connector preview');
  await preview();
  await using csv = stack.command('preview', '--csv');
  await csv.ended;
  assert.equal(csv.outLines[0], sectionNamed('connector preview').rows.get('column')?.join());
  await redis.del(keys.links, keys.linked); // nobody is linked: that makes it the first run
  await preview();
  await stack.configure({ policy: { onDetected: 'approve' } });
  await stack.simulator.seed({ users: [{ username: 'ann@company.test', fullname: 'An account to rename' }] });
  const file = join(stack.dir, 'plan.json');
  await look(stack.command('preview', '--json', '--out', file), 'connector preview');
  described.look(JSON.parse(await readFile(file, 'utf8')), sectionNamed('Plan files'));
  const apply = (...options: string[]) => look(stack.command('apply', file, '--json', ...options), 'connector apply');
  await apply('--dry-run', '--timeout', '0.2');
  stack.startAll();
  await apply('--dry-run', '--timeout', '60');
});

test('nothing that was printed was undescribed or of another type, and everything described was printed', () => {
  assert.deepEqual(described.problems, []);
  const shapes = [
    ...['Errors in JSON', 'Account before', 'Renamed groups', 'Names not found', 'Plan files', 'People of an edit'],
  ].map(sectionNamed);
  assert.deepEqual(described.unseen([...ofCommands, ...shapes]), []);
});
