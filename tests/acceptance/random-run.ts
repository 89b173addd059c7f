/** Random operations on a company, one after the other, with something else in between. */
import type { TestContext } from 'node:test';
import type { Random } from './random.ts';
import type { RandomOperations } from './random-operations.ts';
import type { World } from './world.ts';

export interface RandomRunOptions {
  readonly world: World;
  readonly operations: RandomOperations;
  /** How many operations, at the least. */
  readonly count: number;
  /** Called before each operation that an administrator begins, with how many were made until then. */
  readonly between?: (made: number) => Promise<void>;
}

/** Makes them as fast as the directory answers. */
export async function runRandomOperations({ world, operations, count, between }: RandomRunOptions): Promise<void> {
  for (let made = 0; made < count; ) {
    await between?.(made);
    const deed = operations.next();
    await world.perform(...deed);
    made += deed.length;
  }
}

/** Checks what must be true in the end; what failed can be repeated with the seed that it tells. */
export async function assertAllIsWell(world: World, context: TestContext, { seed }: Random): Promise<void> {
  try {
    await world.settle();
    await world.assertConverged();
    await world.assertNobodyCreatedTwice();
  } catch (error) {
    context.diagnostic(`SEED=${seed} repeats these operations`);
    throw error;
  }
}

/** Places in a run of `count` operations, in order, spread over it at random. */
export function randomPlaces(random: Random, { count, among }: { count: number; among: number }): number[] {
  const width = among / count;
  return Array.from({ length: count }, (_, index) => Math.floor(index * width + random.next() * width));
}
