/** Of the faults of a round, those are found that it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChaosOptions, Failure } from './rounds.ts';
import { shrink } from './shrink.ts';

const options: ChaosOptions = { seed: 1, faults: 100, tell: () => undefined };
const failureWith = (indexes: readonly number[], round = 3): Failure => ({
  round,
  differences: ['something differs'],
  story: [],
  calls: [],
  injected: indexes.map((index) => ({ index, name: 'a fault', struck: '', fromMs: 0, toMs: 1 })),
});
const all = Array.from({ length: 20 }, (_, index) => index);

test('two faults that it takes together are all that is left', async () => {
  const shrunk = await shrink(options, failureWith(all), async ({ only }) => {
    const keep = only?.keep ?? [];
    return { failure: [3, 7].every((index) => keep.includes(index)) ? failureWith(keep) : null };
  });
  assert.deepEqual(shrunk.keep, [3, 7]);
  assert.deepEqual(
    shrunk.failure.injected.map(({ index }) => index),
    [3, 7],
  );
});

test('what fails with any faults, or in another round, tells nothing about these', async () => {
  const failure = failureWith(all);
  assert.deepEqual(await shrink(options, failure, async () => ({ failure: null })), { failure, keep: null });
  const earlier = async () => ({ failure: failureWith([], 2) });
  assert.deepEqual(await shrink(options, failure, earlier), { failure, keep: null });
});
