/** Waiting until everything has arrived: nothing goes wrong any more, and nothing is outstanding. */

import { cursor } from '@connector/shared/directory-state.ts';
import { currentGeneration } from '@connector/shared/people-with-mail.ts';
import { accountsRead, isUncertain, link } from '@connector/shared/plan.ts';
import { policyState } from '@connector/shared/policy.ts';
import { parseStored } from '@connector/shared/store.ts';
import { decideAll } from '../../services/console/src/held/decide.ts';
import { type HeldPerson, readHeld } from '../../services/console/src/held/held-people.ts';
import { waitUntil } from '../support/wait-until.ts';
import { bringForward } from './bring-forward.ts';
import type { ChaosCall } from './forbidden-calls.ts';
import type { ChaosWorld, Marked } from './world.ts';

/** Everything must have arrived within this, ms. */
const quietWithinMs = 90_000;
const bringForwardEveryMs = 500;

/** Whose steps were released, by user name, and when. */
export interface Released {
  readonly atMs: number;
  readonly callsBefore: number;
  readonly usernames: ReadonlySet<string>;
}

/** Waits until everything has arrived; whoever is held is released. @returns what was released, in its order */
export async function settle(world: ChaosWorld): Promise<Released[]> {
  await quiet(world);
  // What LastPass carried out after it had been asked about it is noticed when all accounts are read the next time.
  await askForAccounts(world);
  await quiet(world);
  const released: Released[] = [];
  for (;;) {
    const those = await releaseHeld(world);
    if (those !== null) released.push(those);
    else if (!(await learnIds(world))) return released;
    await quiet(world);
  }
}

async function quiet(world: ChaosWorld): Promise<void> {
  world.replicas.assertAllRun();
  await nothingUnderWay(world);
  const sinceMs = Date.now();
  const markers = await world.mark();
  let broughtForwardAtMs = 0;
  await waitUntil(
    'everything to arrive',
    async () => {
      if (Date.now() - broughtForwardAtMs > bringForwardEveryMs) {
        broughtForwardAtMs = Date.now();
        await bringForward(world.stack.store, { sinceMs });
      }
      const left = [...(await outstanding(world)), ...(await missing(world, markers))];
      if (left.length > 0) throw new Error(`outstanding: ${left.join(', ')}`);
      return true;
    },
    { withinMs: quietWithinMs, everyMs: 50 },
  );
}

/** What was sent while things went wrong has been carried out by now, or never will be; also what nobody waits for any more. */
async function nothingUnderWay({ stack }: ChaosWorld): Promise<void> {
  await waitUntil(
    'calls under way to end',
    async () => {
      const calls = (await stack.simulator.calls()) as ChaosCall[];
      return calls.every(({ durationMs, outcome }) => durationMs !== null && outcome !== 'waiting');
    },
    { withinMs: 30_000, everyMs: 100 },
  );
}

/** Markers that aren't in a mirror yet, in words. */
async function missing({ stack: { store } }: ChaosWorld, markers: readonly Marked[]): Promise<string[]> {
  const found = await Promise.all(
    markers.map(async ({ directory, guid }) => {
      const current = await currentGeneration(store, directory);
      if (current === null) return false;
      const { objects } = store.keys.directory(directory).mirror(current.generation);
      return (await store.redis.hexists(objects, guid)) === 1;
    }),
  );
  return markers.flatMap(({ directory }, index) => (found[index] ? [] : [`the marker of ${directory}`]));
}

/** What is still to be done, in words, at one moment; none when all is. */
async function outstanding({ stack: { store }, directories }: ChaosWorld): Promise<string[]> {
  const { redis, keys } = store;
  const transaction = redis
    .multi()
    .zcard(keys.toPlan)
    .zcard(keys.waiting)
    .hlen(keys.claims)
    .hlen(keys.intents)
    .zcard(keys.toDeliver)
    .hlen(keys.alarms)
    .hget(keys.requests, 'accounts')
    .get(keys.accountsRead)
    .get(keys.policy)
    .hget(keys.requests, 'full-read');
  for (const id of directories) transaction.xlen(keys.directory(id).log).get(keys.directory(id).cursor);
  const [toPlan, waiting, claims, intents, toDeliver, alarms, requested, readRaw, policyRaw, asked, ...ofDirectories] =
    await atOnce(transaction);
  const logs = ofDirectories.filter((_, index) => index % 2 === 0).reduce((sum: number, each) => sum + Number(each), 0);
  const cursors = ofDirectories.filter((_, index) => index % 2 === 1);
  const read = parseStored(accountsRead, keys.accountsRead, textOf(readRaw)).value;
  const policy = parseStored(policyState, keys.policy, textOf(policyRaw)).value;
  const isWhole = (raw: unknown): boolean => {
    const reading = parseStored(cursor, 'cursor', textOf(raw)).value;
    return (
      reading !== null && reading.completed === reading.generation && (asked === null || reading.answered === asked)
    );
  };
  const isRead = read !== null && (textOf(requested) === null || read.answered === requested);
  const counts = {
    ...{ 'entries of the logs': logs, 'to plan': toPlan, 'to judge': waiting, claims, intents },
    ...{ 'to deliver': toDeliver, alarms, 'readings of the accounts': isRead ? 0 : 1 },
    'full reads': cursors.filter((raw) => !isWhole(raw)).length,
    'policies that no full read was planned under': policy?.settled ? 0 : 1,
  };
  return Object.entries(counts).flatMap(([what, count]) => (Number(count) > 0 ? [`${count} ${what}`] : []));
}

const textOf = (reply: unknown): string | null => (typeof reply === 'string' ? reply : null);

/** The replies of a transaction. @throws the first error among them */
async function atOnce(transaction: { exec(): Promise<[Error | null, unknown][] | null> }): Promise<unknown[]> {
  return ((await transaction.exec()) ?? []).map(([error, reply]) => {
    if (error) throw error;
    return reply;
  });
}

/**
 * Lets all go who are held, as an administrator would who knows whom somebody has disabled by hand: about such a one the connector asks when
 * Redis began again meanwhile, for its own disabling might be forgotten.
 */
async function releaseHeld({ stack, oracle }: ChaosWorld): Promise<Released | null> {
  const { store, simulator } = stack;
  const held = await readHeld(store, 'held');
  if (held.length === 0) return null;
  const staysDisabled = ({ steps, username }: HeldPerson): boolean =>
    steps.every(isUncertain) && oracle.isDisabledByHand(username);
  const rejected = held.filter(staysDisabled);
  const others = held.filter((each) => !staysDisabled(each));
  const usernames = new Set(others.map(({ username }) => username));
  const released = { atMs: Date.now(), callsBefore: await simulator.lastCall(), usernames };
  await decideAll(store, others, { verdict: 'released', by: 'chaos', atMs: Date.now() });
  await decideAll(store, rejected, { verdict: 'rejected', by: 'chaos', atMs: Date.now() });
  return released;
}

/** Has all accounts read. @returns the request */
export async function askForAccounts(world: ChaosWorld): Promise<string> {
  return await ask(world, 'accounts');
}

/** Has the whole directory read afresh. @returns the request */
export async function askForFullRead(world: ChaosWorld): Promise<string> {
  return await ask(world, 'full-read');
}

async function ask({ stack: { store } }: ChaosWorld, what: 'accounts' | 'full-read'): Promise<string> {
  const request = `chaos-${Date.now()}`;
  const written = async () => {
    await store.redis.hset(store.keys.requests, what, request);
    return true;
  };
  await waitUntil('Redis to take a request', written); // it may be away: a fault of ours
  return request;
}

/** Whether the whole directory was read as was asked for. */
export async function isFullyRead({ stack: { store }, directories }: ChaosWorld, request: string): Promise<boolean> {
  const answered = await Promise.all(
    directories.map(async (id) => {
      const { cursor: key } = store.keys.directory(id);
      return parseStored(cursor, key, await store.redis.get(key)).value?.answered;
    }),
  );
  return answered.every((each) => each === request);
}

/** Whether the accounts were read as was asked for, or later. */
export async function areRead({ stack: { store } }: ChaosWorld, request: string): Promise<boolean> {
  const { redis, keys } = store;
  const read = parseStored(accountsRead, keys.accountsRead, await redis.get(keys.accountsRead)).value;
  const newest = await redis.hget(keys.requests, 'accounts'); // ours, or a later one of the pusher
  return read !== null && (read.answered === request || read.answered === newest);
}

/** The ids of many new accounts come with the next reading of all accounts. @returns whether it takes one */
async function learnIds(world: ChaosWorld): Promise<boolean> {
  const { store, simulator } = world.stack;
  const links = (await store.redis.hvals(store.keys.links)).map((raw) => link.parse(JSON.parse(raw)));
  const invited = new Set((await simulator.state()).invited);
  if (!links.some(({ id, username }) => id === null && !invited.has(username))) return false;
  await askForAccounts(world);
  return true;
}
