/** What happens in a round while faults strike. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ous } from '../acceptance/company.ts';
import { Random } from '../acceptance/random.ts';
import { domains } from '../oracle/domains.ts';
import { RandomRounds } from '../oracle/random-rounds.ts';
import { LifeInDomain } from '../oracle/two-domains.ts';
import { allowReading, denyReading } from '../support/samba/reading-right.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Lanes } from './lanes.ts';
import { anotherPolicy, wordsOf } from './policies.ts';
import { areRead, askForAccounts, askForFullRead, isFullyRead } from './quiet.ts';
import type { ChaosWorld } from './world.ts';

export interface Plot {
  readonly words: string;
  /** While everything is quiet. */
  readonly first: () => Promise<unknown>;
  /** While faults strike. @param pauseMs between two deeds, on average */
  readonly meanwhile: (pauseMs: number) => Promise<void>;
}

/** So many deeds in a round; where there are two domains, what may happen in one of them while the other is not heard of takes longer to find. */
const [deedsInRound, deedsInTwo] = [100, 60];
/** How likely everything is read afresh after a deed: a full read heals what was lost before it, so there aren't many. */
const fullReadChance = 0.005;
/** The accounts must be read within this, whatever goes wrong meanwhile, ms. */
const readWithinMs = 90_000;

/** How long an OU is hidden at the most until a full read has missed it, ms; and how long, in pauses, it is hidden from then on. */
const hiddenForMs = 12_000;
const seenForPauses = 15;

const nothing = async (): Promise<void> => undefined;

/** The company begins: everything that it has is to be synced. */
export const firstSync: Plot = { words: 'the first sync', first: nothing, meanwhile: nothing };

/** Makes plots; the same seed, round by round, makes the same ones. */
export class Plots {
  readonly #world: ChaosWorld;
  /** What decides about deeds; it begins anew with each round. */
  readonly #deeds = new Random(0);
  /** What happens in each domain. */
  readonly #lives: readonly Pick<RandomRounds, 'deed' | 'byHand'>[];

  constructor(world: ChaosWorld) {
    this.#world = world;
    const { oracle, operations } = world;
    const company = { oracle, operations, random: this.#deeds };
    this.#lives = world.second
      ? domains.map((domain) => new LifeInDomain({ ...company, domain }))
      : [new RandomRounds(company)];
  }

  /** What happens next, in one of the domains. */
  #life(): Pick<RandomRounds, 'deed' | 'byHand'> {
    const [first, second] = this.#lives;
    if (first === undefined) throw new Error('there is no domain');
    return second !== undefined && this.#deeds.chance(0.5) ? second : first;
  }

  /** @param random what decides about this round */
  next(random: Random): Plot {
    this.#deeds.goOnAs(random.fork('deeds'));
    const deeds = this.#world.second ? deedsInTwo : deedsInRound;
    const plots: [number, () => Plot][] = [
      [5, () => this.#operations(random, deeds)],
      [3, () => this.#byHand(random, deeds)],
      [2, () => this.#otherPolicy(random, deeds)],
      [1, () => this.#hiding(random)],
    ];
    return random.weighted(plots)();
  }

  #operations(random: Random, deeds: number): Plot {
    return { words: 'operations', first: nothing, meanwhile: (pauseMs) => this.#work(random, { deeds, pauseMs }) };
  }

  /** Something is done at LastPass by hand; it is read before anything happens in the directory, as the oracle takes for granted. */
  #byHand(random: Random, deeds: number): Plot {
    const world = this.#world;
    return {
      words: 'by hand at LastPass',
      first: () => world.byHand(this.#life().byHand()),
      meanwhile: async (pauseMs) => {
        const request = await askForAccounts(world);
        await waitUntil('the accounts to be read', () => areRead(world, request), { withinMs: readWithinMs });
        await this.#work(random, { deeds, pauseMs });
      },
    };
  }

  /** Another policy, or other limits of the guard: set while everything runs, or configured, and all services begin again. */
  #otherPolicy(random: Random, deeds: number): Plot {
    const { policy, stack, replicas } = this.#world;
    const next = random.chance(0.5) ? { ...policy, tight: !policy.tight } : anotherPolicy(policy, random);
    const isSet = random.chance(0.5);
    return {
      words: `${wordsOf(next)}${isSet ? ', set while everything runs' : ''}`,
      first: async () => {
        if (isSet) return this.#world.setPolicy(next);
        await stack.stopAll();
        await this.#world.changePolicy(next);
        replicas.startAll();
      },
      meanwhile: (pauseMs) => this.#work(random, { deeds, pauseMs }),
    };
  }

  /**
   * An OU is hidden from the service account while everything is read; then it may read it again. Nobody works on the directory
   * meanwhile: of what changes, mails are still told and whether somebody has expired isn't.
   */
  #hiding(random: Random): Plot {
    const world = this.#world;
    const ou = random.pick([ous.people, ous.berlin]) ?? ous.people;
    return {
      words: `${ou} can not be read for a while`,
      first: nothing,
      meanwhile: async (pauseMs) => {
        const { domain, accountDn, admin } = world.stack;
        const right = { domain, account: accountDn, object: await admin.dnOf(world.guidOf(ou)) };
        await denyReading(right);
        const request = await askForFullRead(world);
        const isOver = waitUntil('a full read', () => isFullyRead(world, request), { withinMs: hiddenForMs });
        await isOver.catch(() => undefined); // faults may keep it from its end
        await sleep(seenForPauses * pauseMs);
        await allowReading(right);
        await askForFullRead(world);
      },
    };
  }

  /** Deeds in the directory; now and then all of it is read afresh meanwhile. */
  async #work(random: Random, { deeds, pauseMs }: { deeds: number; pauseMs: number }): Promise<void> {
    const lanes = new Lanes(this.#world.oracle, random.fork('lanes'));
    for (let made = 0; made < deeds; made++) {
      const deed = lanes.choose(() => this.#life().deed());
      if (deed !== null) await this.#world.perform(deed);
      if (random.chance(fullReadChance)) await askForFullRead(this.#world);
      await sleep(2 * random.next() * pauseMs);
    }
  }
}
