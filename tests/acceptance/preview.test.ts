/** A preview shows what the next run sends, byte for byte, and leaves everything as it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { link } from '@connector/shared/plan.ts';
import { z } from 'zod';
import type { SimulatedCall } from '../support/simulator.ts';
import type { Stack } from '../support/stack.ts';
import { personId } from './company.ts';
import { connector, heldPeople } from './held.ts';
import { chosenSeed, Random } from './random.ts';
import { RandomOperations } from './random-operations.ts';
import { runRandomOperations } from './random-run.ts';
import { idleGuard, World } from './world.ts';

const person = z.object({ username: z.string(), steps: z.array(z.object({ kind: z.string() })) });
const preview = z.object({
  sent: z.array(person.extend({ calls: z.array(z.object({ command: z.string(), data: z.unknown() })) })),
  held: z.array(person.extend({ because: z.string() })),
  pending: z.array(person),
  setAside: z.array(z.object({ reason: z.string() })),
});
const seed = chosenSeed();

/** What a batch is put together from: what one call says of one person, in the very bytes. */
const parts = (calls: readonly { command: string; data: unknown }[]): string[] =>
  calls.flatMap(({ command, data }) => [data].flat().map((each) => `${command} ${JSON.stringify(each)}`)).sort();

const isUpkeep = (call = '') => /^(updateuser|batchchangegrp) /.test(call);

/**
 * A leaver's disabling waits for the guard's word, and their upkeep doesn't: on a busy machine it may be sent in the meantime. So of two
 * that follow each other the disabling counts as the first.
 */
function disablingFirst(calls: readonly string[]): string[] {
  const ordered = [...calls];
  for (let at = 1; at < ordered.length; at++)
    for (let to = at; ordered[to]?.startsWith('disableuser ') && isUpkeep(ordered[to - 1]); to--)
      ordered.splice(to - 1, 2, ordered[to] ?? '', ordered[to - 1] ?? '');
  return ordered;
}

/** The same for each account by itself, in the order of sending. */
function sequences(calls: readonly { command: string; data: unknown }[]): Record<string, string[]> {
  const byAccount: Record<string, string[]> = {};
  for (const { command, data } of calls) {
    for (const each of [data].flat() as (string | { username?: string; oldemail?: string })[]) {
      const name = typeof each === 'string' ? each : (each.username ?? each.oldemail ?? '');
      byAccount[name] = [...(byAccount[name] ?? []), `${command} ${JSON.stringify(each)}`];
    }
  }
  return Object.fromEntries(Object.entries(byAccount).map(([name, sent]) => [name, disablingFirst(sent)]));
}
const sequencesSent = (calls: readonly SimulatedCall[]) =>
  sequences(calls.map(({ cmd, data }) => ({ command: cmd, data })));

/** Who is set aside, with the reasons. */
const reasons = async ({ store }: Stack): Promise<string[]> =>
  Object.values(await store.redis.hgetall(store.keys.setAside))
    .map((raw) => JSON.parse(raw).reason)
    .sort();

const partsSent = (calls: readonly SimulatedCall[]): string[] =>
  parts(calls.map(({ cmd, data }) => ({ command: cmd, data })));

/** Every key of Redis, in the bytes that DUMP gives; but for those that expire by themselves, as a lease does. */
async function dump({ store: { redis } }: Stack): Promise<Map<string, string>> {
  const all = (await redis.keys('*')).sort();
  const expiries = await Promise.all(all.map((key) => redis.pttl(key)));
  const keys = all.filter((_, index) => expiries[index] === -1);
  const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  return new Map(keys.map((key, index) => [key, dumps[index]?.toString('base64') ?? '']));
}

/** Makes a preview while no service runs, and sees that neither end was changed by it. */
async function previewOf(world: World) {
  const { stack } = world;
  await stack.stopAll();
  const [before, since, lastpass] = [
    await dump(stack),
    await stack.simulator.lastCall(),
    await stack.simulator.state(),
  ];
  const shown = preview.parse(JSON.parse(await connector(stack, 'preview', '--json')));
  const after = await dump(stack);
  const written = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
  assert.deepEqual(written, [], 'Redis was written to');
  assert.deepEqual(await stack.simulator.writes(since), [], 'LastPass was asked for a change');
  assert.deepEqual(await stack.simulator.state(), lastpass);
  return shown;
}

test(`a preview is what the next run sends: with an empty Redis and no service, and after 80 changes (SEED=${seed})`, async () => {
  await using world = await World.create({ guard: { ...idleGuard, firstCreates: 10_000 } });
  const { stack } = world;
  const first = await previewOf(world);
  assert.ok(first.sent.length > 30, `only ${first.sent.length} people in a first preview`);
  assert.equal((await dump(stack)).size, 0);

  stack.startAll();
  await stack.settled();
  assert.deepEqual(partsSent(await stack.simulator.writes()), parts(first.sent.flatMap(({ calls }) => calls)));
  assert.deepEqual([...(await heldPeople(stack)).keys()].sort(), first.held.map(({ username }) => username).sort());
  assert.deepEqual(await reasons(stack), first.setAside.map(({ reason }) => reason).sort());
  world.oracle.everythingArrived();

  const quiet = await previewOf(world);
  assert.deepEqual(quiet.sent, [], 'everything is in sync');

  const random = new Random(seed);
  await runRandomOperations({ world, operations: new RandomOperations(world.oracle, random), count: 80 });
  const next = await previewOf(world);
  assert.ok(next.sent.length > 5, `only ${next.sent.length} people in the second preview`);
  const since = await stack.simulator.lastCall();
  stack.startAll();
  await stack.settled();
  assert.deepEqual(
    sequencesSent(await stack.simulator.writes(since)),
    sequences(next.sent.flatMap(({ calls }) => calls)),
  );
  assert.deepEqual(await reasons(stack), next.setAside.map(({ reason }) => reason).sort());
  assert.deepEqual(partsSent(await stack.simulator.writes(since)), parts(next.sent.flatMap(({ calls }) => calls)));
});

test('what would be held, and why, is shown as it will be: also under a policy that no service knows yet', async () => {
  await using world = await World.create({ guard: { maxLeavers: 2, maxLeaversPercent: 1 } });
  const { stack } = world;
  await world.start();
  const since = await stack.simulator.lastCall();
  await stack.stop('watcher');
  await world.perform(...[1, 2, 3, 4, 5].map((number) => ({ kind: 'delete', person: personId(number) }) as const));
  const tooMany = await previewOf(world);
  assert.equal(tooMany.sent.length, 0);
  stack.startAll();
  await stack.settled();
  const held = await heldPeople(stack);
  assert.deepEqual(
    tooMany.held.map(({ username, because }) => [username, because]).sort(),
    [...held.values()].map(({ username, heldBecause }) => [username, heldBecause]).sort(),
  );
  assert.ok(held.size > 2, `${held.size} held`);

  // Of one of them a call had no answer: a preview settles it by its own list of accounts, and comes to an end.
  const { redis, keys } = stack.store;
  const [unsettled = ''] = await redis.zrange(keys.held, '0', '0');
  const known = link.parse(JSON.parse((await redis.hget(keys.links, unsettled)) ?? ''));
  await redis.hset(keys.links, unsettled, JSON.stringify({ ...known, settlesAtMs: 1 }));
  await stack.configure({ policy: { groupFilter: ['Nobody'], guard: { firstCreates: 0 } } });
  const underAnother = await previewOf(world);
  assert.deepEqual(underAnother.sent, []);
  assert.ok(underAnother.held.length > 20, `${underAnother.held.length} held`);
  stack.startAll();
  await stack.settled();
  assert.deepEqual(
    [...(await heldPeople(stack)).keys()].sort(),
    underAnother.held.map(({ username }) => username).sort(),
  );
  assert.deepEqual(await stack.simulator.writes(since), []);
});
