/** The first run's people are planned before it is known that they get an account; their groups are AD's all the same once they have it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personKey } from '@connector/shared/keys.ts';
import { renamedGroups } from '@connector/sync/plan/group-renames.ts';
import { directoryId, Servers } from '../faults/pipeline.ts';
import { bases, changed, directory, guidOf, person, surroundings } from '../faults/scenario.ts';
import { waitUntil } from '../support/wait-until.ts';

const staff = personKey(directoryId, guidOf(5));

test('groups of the first run’s accounts are noted as AD’s once these are made: one that is renamed then is held', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({
    directory,
    policy: { memberships: 'all', guard: { firstCreates: 3 } },
    tenant: {},
  });
  const { redis, keys } = run.store;
  await redis.hdel(keys.requests, 'confirm-first');
  await run.inside('reconciler');
  await run.inside('pusher');
  const numbers = [11, 12, 13, 14, 15];
  await run.appendFullRead([...surroundings({ staff: numbers }), ...numbers.map((n) => person(n, `p${n}`))], bases);
  await waitUntil('the first to be created', async () => (await run.simulator.state()).users.length === 3);
  await run.quiet();
  assert.deepEqual(await redis.hgetall(keys.ownedGroups), { staff: 'Staff' });
  assert.deepEqual(await redis.hkeys(keys.syncedGroups), [staff]);
  await run.append({ type: 'changes', caughtUp: true, changes: [changed(5, { rdn: 'CN=Crew' })] });
  await waitUntil('the renamed group to be held', async () => (await renamedGroups(run.store)).length === 1);
  await run.quiet();
  const { groups } = await run.simulator.state();
  assert.deepEqual(Object.keys(groups), ['Staff']);
});
