/** What a person steers: the first run, manual mode, a pause, and what was changed by hand at LastPass. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { pauseDelivery } from '@connector/sync/requests/steering.ts';
import { Program } from '../support/child-process.ts';
import { Stack, type StackOptions } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector } from './held.ts';

const command = resolve(import.meta.dirname, '../../services/console/src/connector.ts');
const clockPreload = resolve(import.meta.dirname, '../chaos/clock-preload.ts');
const names = ['ann', 'bob', 'eve', 'ida', 'kim', 'lea', 'max', 'tom'];
const mailOf = (name: string): string => `${name}@company.test`;

/** An OU of people in front of services that don't run yet. */
async function company(options: Pick<StackOptions, 'policy' | 'sync'> = {}) {
  const stack = await Stack.create({ ...options, directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  await stack.admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${stack.domain.baseDn}`;
  for (const name of names) await stack.admin.createUser({ name, ou, mail: mailOf(name) });
  const usernames = async () => (await stack.simulator.state()).users.map(({ username }) => username).sort();
  const account = async (name: string) =>
    (await stack.simulator.state()).users.find(({ username }) => username === mailOf(name));
  return { stack, ou, usernames, account };
}

const json = async (stack: Stack, ...args: string[]) => JSON.parse(await connector(stack, ...args, '--json'));

test('the first run creates firstCreates people; confirmed, everybody, and says so', async () => {
  const { stack, usernames } = await company({ policy: { guard: { firstCreates: 3 } } });
  await using _ = stack;
  stack.startAll();
  await stack.settled();
  await waitUntil('the first to be created', async () => (await usernames()).length === 3);
  await stack.settled();
  assert.equal((await usernames()).length, 3);
  assert.equal((await json(stack, 'held')).held.length, 5);
  const waits = /first run +5 people wait: .*connector sync --confirm-first/;
  await using status = stack.command('status');
  await status.ended;
  assert.match(status.output, waits);
  const shown = await json(stack, 'preview');
  assert.deepEqual([shown.sent.length, shown.held.length], [0, 5]);

  const output = await connector(stack, 'sync', '--confirm-first');
  assert.match(output, /The first run is confirmed: 5 people it held are created\./);
  assert.match(output, /delivered +create 5\n/);
  assert.deepEqual(await usernames(), names.map(mailOf));
  assert.deepEqual((await json(stack, 'held')).held, []);
});

test('in manual mode nothing is sent until somebody runs a sync, and nothing after it', async () => {
  const { stack, ou, usernames, account } = await company({ sync: { mode: 'manual' } });
  await using _ = stack;
  stack.startAll();
  await stack.planned();
  assert.deepEqual(await usernames(), []);
  await using status = stack.command('status');
  await status.ended;
  assert.match(status.output, /mode +manual: what is to deliver waits for "connector sync"/);
  assert.equal((await json(stack, 'preview')).sent.length, 8);
  const first = await json(stack, 'sync');
  assert.deepEqual([first.finished, first.summary.delivered], [true, { create: 8 }]);
  assert.deepEqual(await usernames(), names.map(mailOf));

  await stack.admin.disable(`CN=ann,${ou}`);
  await stack.planned();
  assert.equal((await account('ann'))?.disabled, false, 'a leaver waits, too');
  const second = await json(stack, 'sync');
  assert.deepEqual(second.summary.delivered, { disable: 1 });
  assert.equal((await account('ann'))?.disabled, true);
});

test('paused, nothing is sent, leavers included; resumed, everything is', async () => {
  const { stack, ou, account } = await company();
  await using _ = stack;
  stack.startAll();
  await stack.settled();
  await connector(stack, 'pause');
  await stack.admin.disable(`CN=ann,${ou}`);
  await stack.admin.modify(`CN=bob,${ou}`, { displayName: 'Bob Paused' });
  await stack.planned();
  const since = await stack.simulator.lastCall();
  await using status = stack.command('status');
  assert.equal(await status.ended, 1);
  assert.match(status.output, /paused all deliveries at .*: "connector resume"/);
  await using refused = stack.command('sync');
  assert.equal(await refused.ended, 1);
  assert.match(refused.output, /paused all deliveries at .*"connector resume" first/);
  assert.deepEqual(await stack.simulator.writes(since), []);
  await connector(stack, 'resume');
  await stack.settled();
  assert.equal((await account('ann'))?.disabled, true);
  assert.equal((await account('bob'))?.fullname, 'Bob Paused');
});

test('a pause holds back even what waits for its turn already', async () => {
  const { stack, ou, account } = await company();
  await using _ = stack;
  stack.startAll();
  await stack.settled();
  await stack.simulator.faults([{ kind: 'http-429', cmd: 'disableuser', times: 1, retryAfterSeconds: 5 }]);
  await stack.admin.disable(`CN=ann,${ou}`);
  await waitUntil('the refusal', async () => (await stack.simulator.writes()).some(({ cmd }) => cmd === 'disableuser'));
  await pauseDelivery(stack.store, { by: 'somebody', atMs: Date.now() }); // at once, however busy the machine is
  const since = await stack.simulator.lastCall();
  const { redis, keys } = stack.store;
  const pausedUntil = async () => Number(await redis.hget(keys.callRate, 'pausedUntil'));
  await waitUntil('everybody to call again', async () => (await pausedUntil()) < Date.now() - 2_000);
  assert.deepEqual(await stack.simulator.writes(since), []);
  assert.equal((await account('ann'))?.disabled, false);
  await connector(stack, 'resume');
  await stack.settled();
  assert.equal((await account('ann'))?.disabled, true);
});

test('what AD owns is put right again; a deleted account stays deleted, and is listed, until somebody says so', async () => {
  const { stack, usernames, account } = await company();
  await using _ = stack;
  stack.startAll();
  await stack.settled();
  await stack.simulator.byHand('updateuser', { username: mailOf('ann'), fullname: 'Changed by hand' });
  await stack.simulator.byHand('deluser', { username: mailOf('bob'), deleteaction: 2 });
  await stack.simulator.byHand('disableuser', [mailOf('eve')]);
  assert.equal((await json(stack, 'sync')).finished, true);
  assert.equal((await account('ann'))?.fullname, 'ann');
  assert.equal((await usernames()).includes(mailOf('bob')), false);
  assert.equal((await account('eve'))?.disabled, true);
  const { drift } = await json(stack, 'drift');
  assert.deepEqual(drift.map(({ username, kind }: { username: string; kind: string }) => [username, kind]).sort(), [
    [mailOf('bob'), 'deleted'],
    [mailOf('eve'), 'disabled'],
  ]);
  assert.deepEqual((await json(stack, 'aside')).aside, []);
  await connector(stack, 'retry', mailOf('bob'));
  await stack.settled();
  assert.equal((await usernames()).includes(mailOf('bob')), true);
  assert.equal((await json(stack, 'drift')).drift.length, 1);
});

test('whom LastPass refuses is set aside in its words, and tried again at once when somebody says so', async () => {
  const { stack, ou, account } = await company();
  await using _ = stack;
  stack.startAll();
  await stack.settled();
  await stack.simulator.faults([
    { kind: 'poison', cmd: 'updateuser', usernames: [mailOf('ann')], error: 'Not this name.' },
  ]);
  await stack.admin.modify(`CN=ann,${ou}`, { displayName: 'Ann Refused' });
  await stack.planned();
  await stack.quiet();
  const { aside } = await json(stack, 'aside');
  assert.deepEqual(
    aside.map(({ username, kind, reason }: Record<string, string>) => [username, kind, reason]),
    [[mailOf('ann'), 'refused', `LastPass refuses: Not this name.: ${mailOf('ann')}`]],
  );
  await stack.simulator.faults([]);
  assert.match(await connector(stack, 'retry', '--all'), /retried +Ann Refused/);
  await stack.settled();
  assert.equal((await account('ann'))?.fullname, 'Ann Refused');
});

test('check looks at every end by itself, and names the remedy where one is not as it should be', async () => {
  const { stack } = await company();
  await using _ = stack;
  stack.startAll();
  await stack.settled();
  const fine = await json(stack, 'check');
  assert.equal(fine.ok, true);
  assert.deepEqual(
    [...new Set(fine.findings.map(({ end }: { end: string }) => end))],
    ['Redis', 'directory corp', 'LastPass', 'services'],
  );
  const { redis } = stack.store;
  const used = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
  await redis.config('SET', 'maxmemory', String(Math.round(used * 1.15)));
  await using ahead = new Program({
    command: process.execPath,
    args: ['--import', clockPreload, command, 'check', '--json'],
    env: { CONNECTOR_CONFIG: stack.configFile, CLOCK_SHIFT_MS: '300000' },
  });
  assert.equal(await ahead.ended, 0);
  const warnings = (JSON.parse(ahead.output) as { findings: { grade: string; text: string }[] }).findings
    .filter(({ grade }) => grade === 'warning')
    .map(({ text }) => text);
  assert.match(warnings[0] ?? '', /uses \d+ MB of \d+ MB \(maxmemory\): raise maxmemory/);
  assert.match(
    warnings[1] ?? '',
    /its clock and the one here are (5 min 0|4 min 59|5 min 1) s apart: keep both in step/,
  );
  await redis.config('SET', 'maxmemory', '0');
  await stack.stop('pusher');
  await stack.configure({
    lastpass: { apiUrl: stack.simulator.apiUrl, cid: '1', provhash: 'wrong' },
    redis: { url: 'redis://127.0.0.1:1' },
  });
  await using broken = stack.command('check', '--json');
  assert.equal(await broken.ended, 1);
  const { findings } = JSON.parse(broken.output) as {
    findings: { grade: string; end: string; what: string; text: string }[];
  };
  const failures = findings.filter(({ grade }) => grade === 'failure').map(({ end, text }) => `${end}: ${text}`);
  assert.equal(failures.length, 2, failures.join('\n'));
  assert.match(
    failures[0] ?? '',
    /^Redis: .*127\.0\.0\.1:1 can't be reached \(ECONNREFUSED\): start it, or check redis\.url$/,
  );
  assert.match(failures[1] ?? '', /^LastPass: .*check cid and provhash/);
  assert.ok(findings.some(({ end, what, grade }) => end === 'directory corp' && what === 'people' && grade === 'ok'));
});
