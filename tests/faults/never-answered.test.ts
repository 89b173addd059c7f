/** Somebody about whom LastPass never answers is set aside once, and found still so each time they are tried again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setAside } from '@connector/shared/plan.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Servers } from './pipeline.ts';
import { bases, directory, guidOf, person, surroundings } from './scenario.ts';

test('who is tried again in vain is set aside since the first time, not since the last', async () => {
  await using servers = await Servers.create();
  const mail = 'leaves@company.test';
  await using run = await servers.run({
    directory,
    policy: {},
    tenant: { users: [{ username: mail, fullname: 'Mx leaves' }] },
  });
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  await run.appendFullRead([...surroundings(), person(11, 'leaves')], bases);
  await run.quiet();
  await run.simulator.faults([{ kind: 'http-500', cmd: 'disableuser', usernames: [mail] }]);
  const changes = [{ guid: guidOf(11), complete: false, userAccountControl: 514 }];
  await run.append({ type: 'changes', caughtUp: true, changes });
  const { redis, keys } = run.store;
  const aside = async () => {
    const [raw = null] = await redis.hvals(keys.setAside);
    return raw === null ? null : setAside.parse(JSON.parse(raw));
  };
  const misses = async () => Number((await redis.hvals(keys.misses))[0] ?? 0);
  const first = await waitUntil('them to be set aside', aside, { withinMs: 60_000 });
  assert.match(first.reason, /^LastPass gives no answer about this account/);
  const before = await misses();
  const [who = ''] = await redis.hkeys(keys.setAside);
  await redis.zadd(keys.toDeliver, 'XX', 0, who); // the five minutes have passed
  await waitUntil('them to be tried again', async () => (await misses()) > before, { withinMs: 60_000 });
  assert.deepEqual(await aside(), first);
});
