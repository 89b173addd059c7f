import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashAtEveryEffect } from './crash-at-every-effect.ts';
import { playByHand } from './crash-by-hand.ts';
import { Servers } from './pipeline.ts';

test('a reconciler killed before or after any of its effects changes nothing of the end', async (t) => {
  await using stackOfServers = new AsyncDisposableStack();
  const idle = [stackOfServers.use(await Servers.create()), stackOfServers.use(await Servers.create())];
  const play = async (crashAt: string) => {
    const servers = idle.pop();
    assert.ok(servers, 'more lanes than servers');
    try {
      return await playByHand(servers, 'reconciler', crashAt);
    } finally {
      idle.push(servers);
    }
  };
  const { points, crashes } = await crashAtEveryEffect({ play, lanes: idle.length });
  t.diagnostic(`${crashes} crashes at ${points} points`);
  assert.ok(crashes > points / 2, `only ${crashes} of ${points} crashes happened`);
});
