/** The first sync brings LastPass to what the directory says; whatever runs again after that has nothing to say. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { World } from './world.ts';

for (const memberships of ['all', 'filtered'] as const) {
  describe(`the first sync (memberships: ${memberships})`, () => {
    let world: World;
    before(async () => {
      world = await World.create({ memberships });
      await world.start();
    });
    after(() => world[Symbol.asyncDispose]());

    it('creates, adopts, and leaves strangers alone', async () => {
      await world.assertConverged();
      await world.assertNobodyCreatedTwice();
    });

    /** Fails when anything is written while `act` runs. */
    const writesNothing = async (act: () => Promise<void>) => {
      const since = await world.stack.simulator.lastCall();
      await act();
      assert.deepEqual(await world.stack.simulator.writes(since), []);
      assert.ok((await world.stack.simulator.lastCall()) > since, 'the accounts were read again');
    };

    it('a second full run over the unchanged directory makes no write call', async () => {
      await writesNothing(() => world.readEverythingAgain());
    });

    it('services that start again and read everything make no write call', async () => {
      await writesNothing(async () => {
        await world.stack.stopAll();
        world.stack.startAll();
        await world.readEverythingAgain();
      });
    });

    it('the loss of all that Redis knew makes no write call: links are found again', async () => {
      await writesNothing(async () => {
        await world.stack.stopAll();
        await world.stack.store.redis.flushall();
        await world.start();
      });
      await world.assertConverged();
    });
  });
}
