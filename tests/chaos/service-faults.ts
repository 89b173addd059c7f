/** Services that are killed or sleep. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Random } from '../acceptance/random.ts';
import type { FaultKind } from './fault.ts';
import { nameOf, otherOf, type Replica, replicas } from './replicas.ts';
import type { ChaosWorld } from './world.ts';

const clockPreload = pathToFileURL(join(import.meta.dirname, 'clock-preload.ts')).href;
/**
 * The most that a clock is off, ms. A create settles after 30 s and is given up after 20 s, so that services whose clocks are
 * more than 10 s apart could create somebody twice.
 */
const mostOffMs = 4_000;

type Begin = FaultKind['begin'];

/** A replica that no other fault has. */
function take(world: ChaosWorld, random: Random): Replica | null {
  const replica = random.pick(replicas);
  return replica !== undefined && world.taken.take(nameOf(replica)) ? replica : null;
}

function comeBack(world: ChaosWorld, replica: Replica): void {
  world.replicas.start(replica);
  world.taken.giveBack(nameOf(replica));
}

function awake(world: ChaosWorld, replica: Replica): void {
  world.replicas.program(replica).signal('SIGCONT');
  world.taken.giveBack(nameOf(replica));
}

const ended =
  (how: 'kill' | 'stop'): Begin =>
  async (world, random) => {
    const replica = take(world, random);
    if (replica === null) return null;
    await world.replicas.program(replica)[how]();
    return { struck: nameOf(replica), end: () => comeBack(world, replica) };
  };

const paused: Begin = async (world, random) => {
  const replica = take(world, random);
  if (replica === null) return null;
  world.replicas.program(replica).signal('SIGSTOP');
  return { struck: nameOf(replica), end: () => awake(world, replica) };
};

/** What it has asked for is answered while it sleeps, and is old when it wakes: answers are slow for a moment before. */
const asleepWhileWaiting: Begin = async (world, random) => {
  const replica = take(world, random);
  if (replica === null) return null;
  const { redis, directory, lastpass } = world.wires;
  const ends = [redis.slow(40), directory.slow(150), lastpass.slow(400)];
  await sleep(200 + random.below(500));
  world.replicas.program(replica).signal('SIGSTOP');
  for (const end of ends) end();
  return { struck: nameOf(replica), end: () => awake(world, replica) };
};

/** Whoever has taken over meanwhile is killed as the sleeper wakes: what that one does then is the last word. */
const lastWord: Begin = async (world, random) => {
  const replica = take(world, random);
  if (replica === null) return null;
  const other = otherOf(replica);
  if (!world.taken.take(nameOf(other))) {
    world.taken.giveBack(nameOf(replica));
    return null;
  }
  world.replicas.program(replica).signal('SIGSTOP');
  return {
    struck: `${nameOf(replica)}, then ${nameOf(other)}`,
    end: async () => {
      awake(world, replica);
      await sleep(random.below(300));
      await world.replicas.program(other).kill();
      await sleep(random.below(1_500));
      comeBack(world, other);
    },
  };
};

/** A service begins anew with a clock that is seconds ahead, or behind; then with the right one. */
const clockIsOff: Begin = async (world, random) => {
  const replica = take(world, random);
  if (replica === null) return null;
  const shiftMs = (1_000 + random.below(mostOffMs - 1_000)) * (random.chance(0.5) ? 1 : -1);
  await world.replicas.program(replica).kill();
  world.replicas.start(replica, { NODE_OPTIONS: `--import=${clockPreload}`, CLOCK_SHIFT_MS: String(shiftMs) });
  return {
    struck: `${nameOf(replica)}, ${shiftMs} ms`,
    end: async () => {
      await world.replicas.program(replica).kill();
      comeBack(world, replica);
    },
  };
};

/** Longer than a watcher's lease, of 4 s, and than a pusher's claims hold without a sign of life, 5 s. */
const longerThanLeases = [5_500, 7_500] as const;

export const serviceFaults: readonly FaultKind[] = [
  { name: 'kill -9 of a service', weight: 14, lastsMs: [0, 2_500], begin: ended('kill') },
  { name: 'SIGTERM of a service', weight: 3, lastsMs: [0, 1_500], begin: ended('stop') },
  { name: 'pause of a service', weight: 8, lastsMs: [300, 3_000], begin: paused },
  { name: 'pause longer than leases', weight: 2, lastsMs: longerThanLeases, begin: paused },
  { name: 'long pause while answers are due', weight: 5, lastsMs: longerThanLeases, begin: asleepWhileWaiting },
  { name: 'the clock of a service is off', weight: 3, lastsMs: [2_500, 6_000], begin: clockIsOff },
  { name: 'kill of who took over as a sleeper wakes', weight: 3, lastsMs: longerThanLeases, begin: lastWord },
];
