import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Recent } from './recent.ts';

/** Counts how often it was asked, and takes its time. */
function counting(tookMs: number) {
  let asked = 0;
  const find = async () => {
    if (tookMs > 0) await sleep(tookMs);
    return ++asked;
  };
  return { find, asked: () => asked };
}

test('what is found quickly is found anew each time', async () => {
  const recent = new Recent(counting(0).find);
  assert.deepEqual([await recent.get(), await recent.get()], [1, 2]);
});

test('what takes long is found once for all who ask at the same time, and is answered at once afterwards', async () => {
  const { find, asked } = counting(80);
  const recent = new Recent(find);
  assert.deepEqual(await Promise.all([recent.get(), recent.get()]), [1, 1]);
  assert.deepEqual([await recent.get(), asked()], [1, 1]);
});

test('after a change it is found anew, and what was begun before the change isn’t taken for it', async () => {
  const recent = new Recent(counting(80).find);
  await recent.get();
  recent.forget();
  const begunBefore = recent.get();
  recent.forget();
  assert.equal(await recent.get(), 3);
  assert.equal(await begunBefore, 2);
  assert.equal(await recent.get(), 3);
});

test('what is half as old as it may be is answered while a newer one is found; a failure then is told to the next', async () => {
  let isBroken = false;
  const { find } = counting(60);
  const recent = new Recent(async () => {
    const found = await find();
    if (isBroken) throw new Error('broken');
    return found;
  });
  assert.equal(await recent.get(), 1);
  await sleep(400);
  isBroken = true;
  assert.equal(await recent.get(), 1, 'nobody waits');
  await sleep(100);
  await assert.rejects(recent.get(), /broken/);
});

test('what is older than it may be isn’t answered any more', async () => {
  const recent = new Recent(counting(60).find);
  assert.equal(await recent.get(), 1);
  await sleep(700);
  assert.equal(await recent.get(), 2);
});
