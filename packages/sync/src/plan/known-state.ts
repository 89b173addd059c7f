/** What Redis remembers of a person. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { decision, link, plan, setAside } from '@connector/shared/plan.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { Guard } from '@connector/shared/transaction.ts';

/** Reads it, each value in the text that it must still have when the plan is stored. */
export async function readKnown({ redis, keys }: State, person: PersonKey) {
  const listed = await redis.zscore(keys.toPlan, person);
  const hashes = [
    keys.touched,
    keys.links,
    keys.decisions,
    keys.plans,
    keys.intents,
    keys.claims,
    keys.causes,
    keys.setAside,
  ];
  const [
    touched = null,
    linkRaw = null,
    decisionRaw = null,
    planRaw = null,
    intentRaw = null,
    claim = null,
    cause = null,
    asideRaw = null,
  ] = await Promise.all(hashes.map((key) => redis.hget(key, person)));
  const [waiting, held] = await Promise.all([redis.zscore(keys.waiting, person), redis.zscore(keys.held, person)]);
  const raws = [touched, linkRaw, decisionRaw, planRaw, intentRaw, claim, cause];
  const guards: Guard[] = raws.map((is, index) => ({ command: ['HGET', hashes[index] ?? '', person], is }));
  guards.push({ command: ['ZSCORE', keys.held, person], is: held });
  return {
    person,
    guards,
    /** Still on the list of people to plan. */
    listed: listed !== null,
    /** Their place in it: a reading of the clock. */
    place: listed,
    touched: Number(touched ?? 0),
    link: parseStored(link, keys.links, linkRaw).value,
    decision: parseStored(decision, keys.decisions, decisionRaw).value,
    plan: parseStored(plan, keys.plans, planRaw).value,
    setAside: parseStored(setAside, keys.setAside, asideRaw).value,
    /** The change in the directory that they are planned because of, if it is one. */
    cause,
    /** A pusher is at it, or may have been, and will come back to it: it has a place in the list of deliveries. */
    inDelivery: claim !== null || intentRaw !== null,
    waiting: waiting !== null,
    held: held !== null,
  };
}
export type Known = Awaited<ReturnType<typeof readKnown>>;
