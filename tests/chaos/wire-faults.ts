/** Connections to Redis, the domain controller and LastPass are cut, freeze and become slow. */
import type { FaultKind } from './fault.ts';
import type { Wires } from './world.ts';

const places: readonly { readonly wire: keyof Wires; readonly words: string; readonly slowest: number }[] = [
  { wire: 'redis', words: 'to Redis', slowest: 120 },
  { wire: 'directory', words: 'to the domain controller', slowest: 200 },
  { wire: 'lastpass', words: 'to LastPass', slowest: 1_500 },
];

/** For each of the three. */
export const wireFaults: readonly FaultKind[] = places.flatMap(({ wire, words, slowest }): FaultKind[] => [
  {
    name: `connections ${words} break`,
    weight: 3,
    lastsMs: [0, 0],
    begin: async ({ wires }) => {
      wires[wire].breakConnections();
      return { struck: wire, end: () => undefined };
    },
  },
  {
    name: `connections ${words} are refused`,
    weight: 2,
    lastsMs: [300, 2_500],
    begin: async ({ wires }) => ({ struck: wire, end: wires[wire].cut() }),
  },
  {
    name: `connections ${words} freeze`,
    weight: 3,
    lastsMs: [300, 4_000],
    begin: async ({ wires }) => ({ struck: wire, end: wires[wire].freeze() }),
  },
  {
    name: `connections ${words} are slow`,
    weight: wire === 'redis' ? 6 : 2,
    lastsMs: [1_000, 5_000],
    begin: async ({ wires }, random) => {
      const delayMs = 10 + random.below(slowest);
      return { struck: `${wire}, ${delayMs} ms`, end: wires[wire].slow(delayMs) };
    },
  },
]);
