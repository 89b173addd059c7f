/** Connections to Redis, the domain controller and LastPass are cut, freeze and become slow. */
import type { Random } from '../acceptance/random.ts';
import type { FaultKind } from './fault.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import type { Wires } from './world.ts';

const places: readonly {
  readonly wire: Exclude<keyof Wires, 'second'>;
  readonly words: string;
  readonly slowest: number;
}[] = [
  { wire: 'redis', words: 'to Redis', slowest: 120 },
  { wire: 'directory', words: 'to the domain controller', slowest: 200 },
  { wire: 'lastpass', words: 'to LastPass', slowest: 1_500 },
];

/** Where there are two domains, now and then the wire to the other one. */
const wireTo = (wires: Wires, wire: Exclude<keyof Wires, 'second'>, random: Random): TcpProxy =>
  wire === 'directory' && wires.second !== null && random.chance(0.5) ? wires.second : wires[wire];

/** For each of the three. */
export const wireFaults: readonly FaultKind[] = places.flatMap(({ wire, words, slowest }): FaultKind[] => [
  {
    name: `connections ${words} break`,
    weight: 3,
    lastsMs: [0, 0],
    begin: async ({ wires }, random) => {
      wireTo(wires, wire, random).breakConnections();
      return { struck: wire, end: () => undefined };
    },
  },
  {
    name: `connections ${words} are refused`,
    weight: 2,
    lastsMs: [300, 2_500],
    begin: async ({ wires }, random) => ({ struck: wire, end: wireTo(wires, wire, random).cut() }),
  },
  {
    name: `connections ${words} freeze`,
    weight: 3,
    lastsMs: [300, 4_000],
    begin: async ({ wires }, random) => ({ struck: wire, end: wireTo(wires, wire, random).freeze() }),
  },
  {
    name: `connections ${words} are slow`,
    weight: wire === 'redis' ? 6 : 2,
    lastsMs: [1_000, 5_000],
    begin: async ({ wires }, random) => {
      const delayMs = 10 + random.below(slowest);
      return { struck: `${wire}, ${delayMs} ms`, end: wireTo(wires, wire, random).slow(delayMs) };
    },
  },
]);
