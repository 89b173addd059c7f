/** A pusher that is killed at each of its effects, one after the other; in halves, as all of them take too long for one file. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { crashAtEveryEffect } from './crash-at-every-effect.ts';
import { playByHand } from './crash-by-hand.ts';
import { Servers } from './pipeline.ts';

/** Kills it there, and sees that it changes nothing of the end. */
export async function crashPusher(t: TestContext, half: 'first' | 'second'): Promise<void> {
  await using stackOfServers = new AsyncDisposableStack();
  const idle = [stackOfServers.use(await Servers.create()), stackOfServers.use(await Servers.create())];
  const play = async (crashAt: string) => {
    const servers = idle.pop();
    assert.ok(servers, 'more lanes than servers');
    try {
      return await playByHand(servers, 'pusher', crashAt);
    } finally {
      idle.push(servers);
    }
  };
  const { points, crashes } = await crashAtEveryEffect({ play, lanes: idle.length, half });
  t.diagnostic(`${crashes} crashes at ${points} points`);
  assert.ok(crashes > points / 2, `only ${crashes} of ${points} crashes happened`);
}
