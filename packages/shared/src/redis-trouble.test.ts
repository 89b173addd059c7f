import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RedisUnsuitable } from './redis.ts';
import { isRedisTrouble, redisProblem } from './redis-trouble.ts';
import { TimelineChanged } from './timeline.ts';

const redis = { url: 'redis://redis.test:6379' };
const told = (message: string, lastError: Error | null = null) =>
  redisProblem(new Error(message), { redis, lastError });

describe('what is wrong with Redis', () => {
  for (const [answer, meaning] of [
    ['MISCONF Errors writing to the AOF file: No space left on device', /can't write to its disk: free space there/],
    ["OOM command not allowed when used memory > 'maxmemory'.", /has reached its maxmemory: raise it/],
    ["READONLY You can't write against a read only replica.", /is a replica.*point redis\.url at the master/],
    ['NOREPLICAS Not enough good replicas to write.', /lacks the replicas that min-replicas-to-write wants/],
    ['LOADING Redis is loading the dataset in memory', /is reading its data/],
    ["NOPERM User default has no permissions to run the 'info' command", /doesn't let the connector's user/],
    ['CLUSTERDOWN Hash slot not served', /set redis\.url to the one that does/],
  ] as const) {
    test(`"${answer.split(' ')[0]}" is told with its remedy, by whoever checks and nobody else`, () => {
      assert.match(told(answer), meaning);
      assert.match(told(answer), /^Redis at redis\.test:6379 /);
      assert.ok(isRedisTrouble(new Error(answer)));
    });
  }

  test('a lost connection is told by what the connection said', () => {
    const lastError = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' });
    assert.match(
      told('Connection is closed.', lastError),
      /can't be reached \(ECONNREFUSED\): start it, or check redis\.url/,
    );
    assert.ok(isRedisTrouble(new Error('Connection is closed.')));
  });

  test('a wrong password, an unsuitable setting and a loss each in their own words', () => {
    assert.match(told('WRONGPASS invalid username-password pair'), /refuses the password: check redis\.password/);
    assert.equal(redisProblem(new RedisUnsuitable('set it so'), { redis, lastError: null }), 'set it so');
    assert.ok(isRedisTrouble(new TimelineChanged()));
  });

  test('a mistake of ours is nobody else’s trouble', () => {
    for (const message of ['WRONGTYPE Operation against a key', 'x is not a function', 'ERR unknown command'])
      assert.equal(isRedisTrouble(new Error(message)), false);
  });
});
