/** What a person, or another program, has written over what Redis remembers: it is told by its key, and stops no process. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { UnreadableState } from '@connector/shared/store.ts';
import { sweepGenerations } from '@connector/sync/mirror/sweep-generations.ts';
import { followGroups } from '@connector/sync/plan/group-renames.ts';
import fc from 'fast-check';
import { group, guid, patch, person, Reconciling, user } from '../reconciler/reconciling.ts';
import { nastyJson, nastyText, spoiltJson, spoiltText } from './nasty-values.ts';
import { holds } from './runs.ts';

/** One value in Redis, and the field of the hash that it is in, if it is in one. */
interface Place {
  readonly key: string;
  readonly field: string | null;
}

const company = [user(2), user(3), user(4), group(10, 'Staff', [2, 3]), group(11, 'Sales', [4])];

describe('state that was written over', () => {
  let reconciling: Reconciling;
  let places: readonly Place[];
  let good: ReadonlyMap<Place, string>;

  before(async () => {
    reconciling = await Reconciling.create();
    await reconciling.fullRead(...company);
    await reconciling.deliverAll();
    await reconciling.changes(patch(3, { displayName: 'Renamed' }));
    const { redis, keys } = reconciling.store;
    const generation = reconciling.keys.mirror(1);
    places = [
      ...[reconciling.keys.mirrorState, keys.policy, keys.accountsRead].map((key) => ({ key, field: null })),
      { key: keys.plans, field: person(3) },
      { key: keys.links, field: person(2) },
      { key: keys.accounts, field: 'u2@example.test' },
      { key: keys.syncedGroups, field: person(10) },
      { key: generation.objects, field: guid(2) },
      { key: generation.objects, field: guid(10) },
    ];
    const raws = await Promise.all(
      places.map(
        async (place) =>
          [place, await (place.field === null ? redis.get(place.key) : redis.hget(place.key, place.field))] as const,
      ),
    );
    good = new Map(raws.map(([place, raw]) => [place, raw ?? assert.fail(`nothing at ${place.key} ${place.field}`)]));
  });
  after(() => reconciling[Symbol.asyncDispose]());

  const put = async ({ key, field }: Place, text: string) => {
    const { redis } = reconciling.store;
    await (field === null ? redis.set(key, text) : redis.hset(key, field, text));
  };

  /** Whether it was told by its key, where it was told at all. */
  const attempt = async (work: () => Promise<unknown>, { key }: Place) => {
    try {
      await work();
    } catch (error) {
      assert.ok(error instanceof UnreadableState, `${(error as Error).stack}`);
      assert.ok(error.message.includes(key), `${error.message} names another key than ${key}`);
    }
  };

  test('is told by its key, or set aside, by everything that works with it; then all goes on', async (context) => {
    const spoilt = fc
      .nat()
      .map((at) => places[at % places.length] ?? assert.fail())
      .chain((place) => {
        const raw = good.get(place) ?? '';
        const value = fc.constant(JSON.parse(raw));
        const text = fc.oneof(
          nastyText,
          nastyJson.map((each) => JSON.stringify(each)),
          spoiltJson(value).map((each) => JSON.stringify(each)),
          spoiltText(fc.constant(raw)),
        );
        return fc.record({ place: fc.constant(place), text });
      });
    const property = fc.asyncProperty(spoilt, async ({ place, text }) => {
      const { store } = reconciling;
      const { redis, keys } = store;
      await put(place, text);
      await redis.zadd(keys.toPlan, 1, person(2), 1, person(3), 1, person(4));
      await attempt(() => reconciling.planAll(), place);
      await attempt(() => reconciling.judge(), place);
      await attempt(() => followGroups(reconciling.planning, Date.now()), place);
      await attempt(() => sweepGenerations(store, 'corp'), place);
      const aside = await redis.hgetall(keys.setAside);
      for (const told of Object.values(aside)) assert.doesNotThrow(() => JSON.parse(told));
      await put(place, good.get(place) ?? '');
      await redis.del(keys.setAside);
    });
    await holds(context, property, { runs: 300 });
  });

  test('leaves nothing behind once it is put right', async () => {
    await reconciling.fullRead(...company);
    await reconciling.planAll();
    assert.deepEqual(await reconciling.held(), []);
    for (const number of [2, 3, 4]) assert.deepEqual(await reconciling.stepsOf(number), []);
  });
});
