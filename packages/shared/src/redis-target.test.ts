import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressOptions, contradictionsOf, keysOfRedis, nameOfRedis, type RedisTarget } from './redis-target.ts';

const sentinels = { sentinels: ['redis-1:26379', '[::1]:26380'], master: 'mymaster' };

test('an address of its own is this machine, unless another is given', () => {
  assert.deepEqual(addressOptions({}), { url: 'redis://127.0.0.1:6379', options: {} });
  const url = 'rediss://user@redis:6380';
  const tls = { ca: 'PEM', servername: 'cache' };
  assert.deepEqual(addressOptions({ url, password: 'p', ca: 'PEM', serverName: 'cache' }), {
    url,
    options: { password: 'p', tls },
  });
  assert.deepEqual([nameOfRedis({ url }), keysOfRedis({ url })], ['redis:6380', 'redis.url']);
});

test('Sentinels lead to the master, encrypted all the way where there is an authority', () => {
  const addresses = [
    { host: 'redis-1', port: 26379 },
    { host: '::1', port: 26380 },
  ];
  const plain = { sentinels: addresses, name: 'mymaster' };
  assert.deepEqual(addressOptions(sentinels), { url: undefined, options: plain });
  const tls = { ca: 'PEM' };
  const secrets = { username: 'u', password: 'p', sentinelPassword: 's' };
  assert.deepEqual(addressOptions({ ...sentinels, ...secrets, ca: 'PEM' }).options, {
    ...plain,
    ...secrets,
    tls,
    sentinelTLS: tls,
    enableTLSForSentinelMode: true,
  });
  assert.equal(nameOfRedis(sentinels), 'mymaster (as told by redis-1:26379, [::1]:26380)');
  assert.equal(keysOfRedis(sentinels), 'redis.sentinels and redis.master');
});

describe('what contradicts itself is told by its key', () => {
  const cases: readonly [what: string, target: RedisTarget, keys: readonly string[]][] = [
    ['nothing at all', {}, []],
    ['Sentinels and their master', sentinels, []],
    ['an address and Sentinels', { ...sentinels, url: 'redis://x' }, ['url']],
    ['Sentinels without the name of a master', { sentinels: ['x:1'] }, ['master']],
    ['a master without Sentinels', { master: 'mymaster', sentinelPassword: 's' }, ['master', 'sentinelPassword']],
    ['an authority without TLS', { url: 'redis://x', ca: 'PEM', serverName: 'x' }, ['ca', 'serverName']],
    ['an authority for this machine', { ca: 'PEM' }, ['ca']],
    ['an authority with TLS', { url: 'rediss://x', ca: 'PEM', serverName: 'x' }, []],
    ['a name on certificates that nobody looks at', { ...sentinels, serverName: 'x' }, ['serverName']],
  ];
  for (const [what, target, keys] of cases)
    test(what, () =>
      assert.deepEqual(
        contradictionsOf(target).map(([key]) => key),
        keys,
      ),
    );
});
