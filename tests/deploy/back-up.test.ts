/** containers/back-up and containers/restore, on the Redis of docker-compose.yml: what isn't whole never takes the place of what is. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { sectionOf } from '../docs/markdown.ts';
import { scriptOf } from '../docs/shell-script.ts';
import { ComposedRedis } from '../support/composed-redis.ts';

const root = resolve(import.meta.dirname, '../..');
let redis: ComposedRedis;
let file: string;
beforeEach(async () => {
  redis = await ComposedRedis.create();
  file = join(redis.folder, 'redis.rdb');
  assert.deepEqual(await redis.start(), { code: 0, output: '' });
  await redis.ask('set remembered before');
});
afterEach(() => redis[Symbol.asyncDispose]());

/** Puts a program before this machine's own that does some of it only. */
const hinder = (name: string, how: string) => redis.program(name, `#!/bin/bash\nPATH=\${PATH#*:}\n${how}\n`);

/** What is on the disk of Redis. */
const remains = () => readdir(join(redis.folder, 'data'));

test('what is backed up can be restored, and nothing of before is left behind', async () => {
  assert.deepEqual(await redis.type(`containers/back-up ${file}`), { code: 0, output: '' });
  await redis.ask('set remembered after');
  assert.equal((await redis.type(`containers/restore ${file}`)).code, 0);
  assert.equal(await redis.ask('get remembered'), 'before');
  assert.deepEqual(await remains(), ['appendonlydir']);
});

/** What is typed below a heading to back Redis up, and to restore it. */
const backingUp = (page: string, system: string): string =>
  /^(?:in_redis=.*\n)?containers\/back-up .*\n.*take-back-up.*/m.exec(scriptOf(sectionOf(page, system)))?.[0] ?? '';

test('on Swarm and on Kubernetes what is backed up can be restored by what docs/scaling.md has people type', async () => {
  const page = await readFile(join(root, 'docs/scaling.md'), 'utf8');
  for (const system of ['Docker Swarm', 'Kubernetes']) {
    const typed = backingUp(page, system).replaceAll(/(?<=[ <])redis\.rdb/g, file);
    const [backUp = '', restore = ''] = typed.split(/^(?=.*take-back-up)/m).map((part) => part.trimEnd());
    await redis.ask('set remembered before');
    assert.deepEqual(await redis.type(backUp), { code: 0, output: '' }, system);
    await redis.ask('set remembered after');
    const [functions = ''] = backUp.match(/^in_redis=.*\n/) ?? [];
    await writeFile(`${file}.cut`, (await readFile(file)).subarray(0, -1));
    const cut = await redis.type(functions + restore.replace(file, `${file}.cut`));
    assert.match(cut.output, /^Nothing was changed/m);
    assert.equal(await redis.ask('get remembered'), 'after', system);
    await redis.type(functions + restore);
    await redis.type('docker compose stop redis'); // it has ended: the stand-in is to know
    assert.deepEqual(await redis.start(), { code: 0, output: '' });
    assert.equal(await redis.ask('get remembered'), 'before', system);
  }
});

test('a back-up that Redis breaks off fails, says so, and leaves the one before as it was', async () => {
  await writeFile(file, 'the one before');
  // As on a full disk: the beginning is there, and the exit code says that it isn't all.
  await hinder('redis-cli', '[[ "$*" != --rdb* ]] || { printf REDIS0010 >"$2"; echo No space left >&2; exit 1; }');
  const { code, output } = await redis.type(`containers/back-up ${file}`);
  assert.equal(code, 1);
  assert.match(output, /No space left\n.*no new back-up, and .*redis\.rdb is as it was/);
  assert.equal(await readFile(file, 'utf8'), 'the one before');
  assert.ok(!existsSync(`${file}.new`));
  assert.ok(!existsSync(join(redis.folder, 'data/back-up.rdb')));
});

test('a back-up that is cut on its way here fails, even where nobody says so', async () => {
  await writeFile(file, 'the one before');
  await hinder('cat', '[[ "$*" != *back-up.rdb ]] || exec head -c -1 "$1"; exec cat "$@"');
  const { code, output } = await redis.type(`containers/back-up ${file}`);
  assert.equal(code, 1);
  assert.match(output, /what arrived is not whole/);
  assert.equal(await readFile(file, 'utf8'), 'the one before');
});

test('a back-up that is not whole is not restored: Redis goes on, and remembers what it did', async () => {
  await redis.type(`containers/back-up ${file}`);
  await writeFile(file, (await readFile(file)).subarray(0, -1));
  const { code, output } = await redis.type(`containers/restore ${file}`);
  assert.equal(code, 1);
  assert.match(output, /^Nothing was changed: .*isn't whole, or there is no room for it$/m);
  assert.equal(await redis.ask('get remembered'), 'before');
});

test('a back-up that there is no room for, or that is broken off while it comes in, leaves Redis the room that it had', async () => {
  await redis.type(`containers/back-up ${file}`);
  const takeBackUp = 'docker exec -i the-container sh -ec "$(cat containers/take-back-up)"';
  const waysToEnd = {
    cat: '[[ $# -gt 0 ]] || { head -c 5; echo No space left >&2; exit 1; }; exec cat "$@"',
    'redis-check-rdb': 'kill -TERM $PPID',
  };
  for (const [name, how] of Object.entries(waysToEnd)) {
    await hinder(name, how);
    for (const restore of [`containers/restore ${file}`, `${takeBackUp} <${file}`]) {
      const { code, output } = await redis.type(restore);
      assert.notEqual(code, 0, restore);
      if (name === 'cat') assert.match(output, /No space left\n.*Nothing was changed: .* no room for it$/);
      assert.deepEqual(await remains(), ['appendonlydir'], `${name}, ${restore}`);
      assert.equal(await redis.ask('get remembered'), 'before');
    }
  }
});

test('where Redis does not begin with a back-up, it has what it remembered before', async () => {
  await redis.type(`containers/back-up ${file}`);
  await redis.ask('set remembered after');
  // One of a newer Redis, for example, whose form this one can't read.
  await hinder('redis-check-rdb', 'cat >/dev/null');
  await writeFile(file, 'REDIS9999');
  const { code, output } = await redis.type(`containers/restore ${file}`);
  assert.equal(code, 1, output);
  assert.match(output, /It has what it remembered before, if anything/);
  assert.equal(await redis.ask('get remembered'), 'after');
});

/** Leaves things as a restore does that is broken off while it waits for Redis. */
async function breakOffRestore(): Promise<void> {
  await redis.type('docker compose stop redis');
  await redis.type('mv ~/data/appendonlydir ~/data/replaced; mkdir ~/data/appendonlydir');
}

test('after a restore that was broken off, what Redis remembered before it outlives another one until Redis answers', async () => {
  await redis.type(`containers/back-up ${file}`);
  await redis.ask('set remembered after');
  await breakOffRestore();
  await hinder('redis-check-rdb', 'cat >/dev/null');
  await writeFile(`${file}.unread`, 'REDIS9999');
  const { code, output } = await redis.type(`containers/restore ${file}.unread`);
  assert.equal(code, 1, output);
  assert.equal(await redis.ask('get remembered'), 'after');
  await breakOffRestore();
  assert.equal((await redis.type(`containers/restore ${file}`)).code, 0);
  assert.equal(await redis.ask('get remembered'), 'before');
  assert.deepEqual(await remains(), ['appendonlydir']);
});

test('what a restore that was broken off has put aside does not come back once Redis has answered with something else', async () => {
  await breakOffRestore();
  await redis.type('rmdir ~/data/appendonlydir');
  await redis.start();
  await redis.ask('set remembered since');
  await hinder('redis-check-rdb', 'cat >/dev/null');
  await writeFile(file, 'REDIS9999');
  assert.equal((await redis.type(`containers/restore ${file}`)).code, 1);
  assert.equal(await redis.ask('get remembered'), 'since');
});

test('what was put aside does not come back either once Redis has written anything since, though it is down as the next restore begins', async () => {
  await breakOffRestore();
  await redis.type('rmdir ~/data/appendonlydir');
  await redis.start();
  await redis.ask('set remembered since');
  await redis.type('docker compose stop redis');
  await hinder('redis-check-rdb', 'cat >/dev/null');
  await writeFile(file, 'REDIS9999');
  assert.equal((await redis.type(`containers/restore ${file}`)).code, 1);
  assert.equal(await redis.ask('get remembered'), 'since');
});

test('where the first thing that a Redis is given is a back-up that it does not begin with, it remembers nothing, and begins', async () => {
  await redis.type('docker compose stop redis; rm -r ~/data/appendonlydir');
  await hinder('redis-check-rdb', 'cat >/dev/null');
  await writeFile(file, 'REDIS9999');
  const { code, output } = await redis.type(`containers/restore ${file}`);
  assert.equal(code, 1);
  assert.match(output, /doesn't begin with .*\. It has what it remembered before, if anything/);
  assert.equal(await redis.ask('dbsize'), '0');
});

test('where nothing can be replaced, Redis has what it remembered before', async () => {
  await redis.type(`containers/back-up ${file}`);
  await redis.ask('set remembered after');
  await hinder('mv', '[[ "$*" != */replaced ]] || { echo Input/output error >&2; exit 1; }; exec mv "$@"');
  assert.equal((await redis.type(`containers/restore ${file}`)).code, 1);
  assert.equal(await redis.ask('get remembered'), 'after');
});
