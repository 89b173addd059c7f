/** Waiting a moment for a full call, by what Redis answers at each look. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import { waitForFullBatch } from '../../services/pusher/src/full-batch.ts';

const keys = keysOf('test');
interface Look {
  readonly due: number;
  readonly leavers?: number;
  readonly toPlan: number;
}

/** @returns how often it looked; after the last look given, that one is what it goes on seeing */
async function looksUntilReady(looks: readonly Look[]): Promise<number> {
  let at = 0;
  const seen = () => looks[Math.min(at, looks.length - 1)] ?? assert.fail('no look');
  const redis = {
    zcount: async (key: string) => (key === keys.leavers ? (seen().leavers ?? 0) : seen().due),
    zcard: async () => {
      const { toPlan } = seen();
      at++;
      return toPlan;
    },
  };
  const store = { redis, keys } as unknown as Store;
  await waitForFullBatch(store, { atMost: 10, signal: new AbortController().signal });
  return at;
}

test('waits as long as others are being planned and the call isn’t full', async () => {
  assert.equal(
    await looksUntilReady([
      { due: 2, toPlan: 9 },
      { due: 6, toPlan: 5 },
      { due: 10, toPlan: 1 },
    ]),
    3,
  );
  assert.equal(
    await looksUntilReady([
      { due: 2, toPlan: 1 },
      { due: 3, toPlan: 0 },
    ]),
    2,
  );
});

test('a change that comes alone, a full call and a leaver wait for nobody, and nobody waits where nothing is due', async () => {
  for (const look of [
    { due: 1, toPlan: 0 },
    { due: 10, toPlan: 500 },
    { due: 1, leavers: 1, toPlan: 500 },
    { due: 0, toPlan: 500 },
  ])
    assert.equal(await looksUntilReady([look]), 1, JSON.stringify(look));
});

test('goes on after a moment, however many are still to be planned', async () => {
  assert.ok((await looksUntilReady([{ due: 1, toPlan: 500 }])) > 1);
});
