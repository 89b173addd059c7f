/** Faults that need something to themselves. */
import type { FaultKind } from './fault.ts';

type Begin = FaultKind['begin'];

/** Lets a fault begin only while no other one has what it needs, and keeps it until the end. */
export const exclusively =
  (needed: string, begin: Begin): Begin =>
  async (world, random) => {
    if (!world.taken.take(needed)) return null;
    const begun = await begin(world, random);
    if (begun === null) {
      world.taken.giveBack(needed);
      return null;
    }
    return {
      ...begun,
      end: async () => {
        await begun.end();
        world.taken.giveBack(needed);
      },
    };
  };
