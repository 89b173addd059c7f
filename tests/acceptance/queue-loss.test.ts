/** Jobs are only doorbells: all of a queue may go, and the sweep finishes the work. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type QueueName, queueNames } from '@connector/shared/queues.ts';
import { Queue } from 'bullmq';
import { waitUntil } from '../support/wait-until.ts';
import { personId } from './company.ts';
import { chosenSeed, Random } from './random.ts';
import { RandomOperations } from './random-operations.ts';
import { assertAllIsWell, randomPlaces, runRandomOperations } from './random-run.ts';
import { World } from './world.ts';

const seed = chosenSeed();

/** Deletes everything that BullMQ keeps of a queue. @returns how many keys */
async function deleteQueue({ stack }: World, queue: QueueName): Promise<number> {
  const { redis, keys } = stack.store;
  let deleted = 0;
  for (let cursor = '0', isFirst = true; isFirst || cursor !== '0'; isFirst = false) {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${keys.queues}:${queue}:*`, 'COUNT', 1_000);
    if (found.length > 0) deleted += await redis.unlink(...found);
    cursor = next;
  }
  return deleted;
}

for (const queue of queueNames) {
  describe(`the queue ${queue}`, () => {
    let world: World;
    before(async () => {
      world = await World.create();
      await world.start();
    });
    after(() => world[Symbol.asyncDispose]());

    it('all its jobs deleted while the work waits for them', async () => {
      const { stack } = world;
      const since = await stack.simulator.lastCall();
      const bells = new Queue(queue, { prefix: stack.keys.queues, connection: { url: stack.redis.url } });
      try {
        await bells.pause();
        await world.perform(
          { kind: 'modify', person: personId(0), displayName: 'Changed' },
          { kind: 'delete', person: personId(7) },
        );
        await waitUntil('jobs to wait', async () => (await bells.getJobCountByTypes('wait', 'waiting')) > 0);
      } finally {
        await bells.close();
      }
      assert.deepEqual(await stack.simulator.writes(since), [], 'something arrived although the queue is paused');
      assert.ok((await deleteQueue(world, queue)) > 0);
      await stack.quiet(); // nothing rings again but the sweep
      await world.assertConverged();
      assert.ok((await stack.simulator.writes(since)).length > 0);
    });

    it(`all its keys deleted again and again during random operations (SEED=${seed})`, async (context) => {
      const random = new Random(seed);
      const places = randomPlaces(random, { count: 15, among: 150 });
      let deleted = 0;
      await runRandomOperations({
        world,
        operations: new RandomOperations(world.oracle, random),
        count: 150,
        between: async (made) => {
          for (; (places[0] ?? Number.POSITIVE_INFINITY) <= made; places.shift())
            deleted += await deleteQueue(world, queue);
        },
      });
      deleted += await deleteQueue(world, queue);
      assert.ok(deleted > 0, 'there was nothing to delete');
      await assertAllIsWell(world, context, random);
    });
  });
}
