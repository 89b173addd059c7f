/** How long changes take to LastPass, as the status tells it, on a real directory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLatency, readLatencyOfSlots } from '@connector/sync/requests/latency.ts';
import { readOnTheWay } from '@connector/sync/requests/on-the-way.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const address = (name: string) => `${name}@company.test`;

test('it is counted from the reading to LastPass, an outage between them too; not what a full read finds or a person decides', async () => {
  const stack = await Stack.create({
    policy: { guard: { maxLeavers: 0, maxLeaversPercent: 0 } },
    directory: (base) => ({ userBases: [`OU=Staff,${base}`] }),
  });
  await using _ = stack;
  const people = async () => (await readLatency(stack.store, Date.now())).hour.people;
  await stack.admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${stack.domain.baseDn}`;
  for (const name of ['ann', 'bob', 'cyd']) await stack.admin.createUser({ name, ou, mail: address(name) });
  stack.startAll();
  await stack.settled();
  assert.equal(await people(), 0, 'what the first full read finds');

  await stack.admin.modify(`CN=ann,${ou}`, { displayName: 'Ann Lee' });
  await stack.settled();
  const { hour, day } = await readLatency(stack.store, Date.now());
  assert.equal(hour.people, 1);
  assert.deepEqual(day, hour);

  await stack.stop('pusher');
  await stack.admin.modify(`CN=ann,${ou}`, { displayName: 'Ann Lee-Hall' });
  await stack.planned();
  const beganAtMs = performance.now();
  await stack.admin.modify(`CN=ann,${ou}`, { displayName: 'Ann Hall' });
  await stack.planned();
  const { people: onTheWay, sinceMs } = await readOnTheWay(stack.store);
  assert.equal(onTheWay, 1);
  assert.ok((sinceMs ?? 0) < Date.now() - (performance.now() - beganAtMs), 'it is the older change that counts');
  const lasts = 2_000; // far beyond what a change takes, so that it shows
  await sleep(lasts);
  stack.start('pusher');
  await stack.settled();
  const outage = await readLatency(stack.store, Date.now());
  assert.equal(outage.hour.people, 2, 'two changes of one person that go together');
  const atMost = performance.now() - beganAtMs + 20_000;
  assert.ok((outage.hour.p95Ms ?? 0) >= lasts * 0.95 && (outage.hour.p95Ms ?? 0) <= atMost, JSON.stringify(outage));

  for (const name of ['bob', 'cyd']) await stack.admin.disable(`CN=${name},${ou}`);
  await waitUntil('the leavers to be held', async () => (await stack.store.redis.zcard(stack.keys.held)) === 2);
  const release = stack.command('release', '--all');
  assert.equal(await release.ended, 0, release.output);
  await stack.settled();
  const leavers = (await stack.simulator.state()).users.filter(({ disabled }) => disabled).length;
  assert.equal(leavers, 2);
  assert.ok((await people()) === 2, 'who was held isn’t counted');
  assert.equal(await stack.store.redis.exists(stack.keys.changedAt), 0, 'nothing is kept of what is done');
  const slots = await readLatencyOfSlots(stack.store, Date.now());
  assert.equal(
    slots.reduce((sum, slot) => sum + slot.people, 0),
    await people(),
  );
});
