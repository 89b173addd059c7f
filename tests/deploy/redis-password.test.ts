/** The command of docker-compose.yml's Redis, and so of Kubernetes' (kubernetes-redis.test.ts): it never runs without a password. */
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ComposedRedis } from '../support/composed-redis.ts';

test('Redis takes its password from the file, and nobody without it', async () => {
  await using redis = await ComposedRedis.create();
  assert.equal((await redis.start()).code, 0);
  assert.equal(await redis.ask('ping'), 'PONG');
  const { output } = await redis.type('redis-cli ping');
  assert.match(output, /NOAUTH/);
});

test('where its password is empty, or cannot be read, Redis does not begin, and says what to do', async () => {
  for (const make of [(file: string) => writeFile(file, ''), (file: string) => rm(file)]) {
    await using redis = await ComposedRedis.create();
    await make(join(redis.folder, 'secrets/redis-password'));
    assert.equal((await redis.start()).code, 1);
    const log = await readFile(join(redis.folder, 'log'), 'utf8');
    assert.match(log, /^secrets\/redis-password is empty, or the user "redis" may not read it: chmod 644 it/m);
  }
});

test('a password behind a byte order mark, which the services would leave out, keeps Redis from beginning, and it says so', async () => {
  await using redis = await ComposedRedis.create();
  await writeFile(join(redis.folder, 'secrets/redis-password'), '\ufeffa-password-of-this-test\n');
  assert.equal((await redis.start()).code, 1);
  const log = await readFile(join(redis.folder, 'log'), 'utf8');
  assert.match(log, /^secrets\/redis-password begins with a byte order mark, .*: write the file anew without one$/m);
});
