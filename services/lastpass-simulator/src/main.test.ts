import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { REHEARSAL_PROVHASH } from './settings.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function start(t: TestContext, args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, ended };
}

test('it tells its address in one line, and at SIGTERM keeps its state and ends with 0', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'simulator-'));
  t.after(() => rm(home, { recursive: true }));
  const path = join(home, 'state.json');
  const { child, ended } = start(t, ['--port', '0', '--state-file', path]);
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = /^LastPass simulator listening on (http:\/\/127\.0\.0\.1:\d+\/enterpriseapi\.php)$/.exec(line)?.[1];
  assert.ok(url, line);
  const call = {
    cid: 12345678,
    provhash: REHEARSAL_PROVHASH,
    cmd: 'batchadd',
    data: [{ username: 'ann@example.com' }],
  };
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(call) });
  assert.equal(await response.text(), '{"status":"OK"}');
  child.kill('SIGTERM');
  assert.equal(await ended, 0);
  assert.equal(JSON.parse(await readFile(path, 'utf8')).users[0].username, 'ann@example.com');
});

test('a seed is what it begins with, and no more than that: what it has kept goes before', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'simulator-'));
  t.after(() => rm(home, { recursive: true }));
  const [seed, kept] = [join(home, 'seed.json'), join(home, 'state.json')];
  await writeFile(seed, JSON.stringify({ users: [{ username: 'sam@example.com' }] }));
  const usersOf = async (args: readonly string[]) => {
    const { child, ended } = start(t, ['--port', '0', ...args]);
    const [line] = await once(createInterface(child.stdout), 'line');
    const answer = await fetch(new URL('/control/state', String(line).split(' ').at(-1)));
    const { users } = (await answer.json()) as { users: { username: string }[] };
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    return users.map(({ username }) => username);
  };
  assert.deepEqual(await usersOf(['--seed-file', seed, '--state-file', kept]), ['sam@example.com']);
  await writeFile(kept, JSON.stringify({ users: [{ username: 'kay@example.com' }] }));
  assert.deepEqual(await usersOf(['--seed-file', seed, '--state-file', kept]), ['kay@example.com']);
  const { child, ended } = start(t, ['--seed-file', join(home, 'none.json')]);
  assert.match(await text(child.stderr), /^LastPass simulator: there is no seed file .*none\.json/);
  assert.equal(await ended, 1);
});

test('--help says how, and ends with 0', async (t) => {
  const { child, ended } = start(t, ['--help']);
  assert.match(await text(child.stdout), /--state-file <path>/);
  assert.equal(await ended, 0);
});

test('a setting that cannot be used is one line, and ends with 1', async (t) => {
  const { child, ended } = start(t, ['--port', 'many']);
  assert.match(
    await text(child.stderr),
    /^LastPass simulator: port: must be a number from 0 to 65535\. See --help\.\n$/,
  );
  assert.equal(await ended, 1);
});
