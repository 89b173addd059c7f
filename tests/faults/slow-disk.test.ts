/** The disk of Redis is so slow that a look at claims is out of date before it has written an intent: creates go on all the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../support/wait-until.ts';
import { creations } from './call-log.ts';
import { Servers } from './pipeline.ts';
import { bases, directory, person, policy, surroundings } from './scenario.ts';

/** Longer than a pusher trusts its last look. */
const diskMs = 2_500;

test('a disk that takes its time with every intent delays a create, and is waited for once', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ directory, policy });
  let waits = 0;
  await run.inside('reconciler');
  await run.inside('pusher', {
    storeAs: (store) => ({
      ...store,
      makeDurable: async () => {
        waits++;
        await sleep(diskMs);
      },
    }),
  });
  await run.appendFullRead([...surroundings(), person(100, 'p100')], bases);
  const created = async () => creations(await run.calls());
  await waitUntil('the account', async () => Object.keys(await created()).length > 0);
  assert.deepEqual(Object.values(await created()), [1]);
  assert.equal(waits, 1);
});
