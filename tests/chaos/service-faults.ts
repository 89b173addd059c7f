/** Services that are killed or sleep. */
import type { FaultKind } from './fault.ts';
import { nameOf, type Replica, replicas } from './replicas.ts';

/** Takes one that no other fault has. */
const killed: FaultKind['begin'] = async (world, random) => {
  const replica = taken(world, random.pick(replicas));
  if (replica === null) return null;
  await world.replicas.program(replica).kill();
  return { struck: nameOf(replica), end: () => comeBack(world, replica) };
};

const stopped: FaultKind['begin'] = async (world, random) => {
  const replica = taken(world, random.pick(replicas));
  if (replica === null) return null;
  await world.replicas.program(replica).stop();
  return { struck: nameOf(replica), end: () => comeBack(world, replica) };
};

const paused: FaultKind['begin'] = async (world, random) => {
  const replica = taken(world, random.pick(replicas));
  if (replica === null) return null;
  world.replicas.program(replica).signal('SIGSTOP');
  return {
    struck: nameOf(replica),
    end: () => {
      world.replicas.program(replica).signal('SIGCONT');
      world.taken.giveBack(nameOf(replica));
    },
  };
};

type World = Parameters<FaultKind['begin']>[0];

function taken(world: World, replica: Replica | undefined): Replica | null {
  return replica !== undefined && world.taken.take(nameOf(replica)) ? replica : null;
}

function comeBack(world: World, replica: Replica): void {
  world.replicas.start(replica);
  world.taken.giveBack(nameOf(replica));
}

/** A watcher's lease lasts for 4 s, a pusher's claims for 5 s without a sign of life: long pauses are longer than these. */
export const serviceFaults: readonly FaultKind[] = [
  { name: 'kill -9 of a service', weight: 14, lastsMs: [0, 2_500], begin: killed },
  { name: 'SIGTERM of a service', weight: 3, lastsMs: [0, 1_500], begin: stopped },
  { name: 'pause of a service', weight: 10, lastsMs: [300, 3_000], begin: paused },
  { name: 'pause longer than leases', weight: 6, lastsMs: [5_500, 8_000], begin: paused },
];
