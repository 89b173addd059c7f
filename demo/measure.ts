/** Making one change and timing it: from the directory's answer to the moment when LastPass is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedCall, Simulator } from '../tests/support/simulator.ts';
import { mirroredObject, outstandingIn } from './outstanding.ts';
import type { Change, Effect, Hands } from './round.ts';
import type { Stage } from './stage.ts';

/** A change that hasn't arrived by then won't. */
const giveUpMs = 15_000;
const lookEveryMs = 10;

export interface Measured {
  readonly change: Change;
  /** From LDAP's answer to the arrival; of a change for several people, of the last of them. `null`: never arrived. */
  readonly latencyMs: number | null;
  /** What arrived, in words. */
  readonly arrived: string;
  /** Whether it is as it should be. */
  readonly good: boolean;
}

export async function measure(change: Change, stage: Stage, hands: Hands): Promise<Measured> {
  const before = await stage.simulator.lastCall();
  const effect = await change.act(hands);
  const answeredAtMs = Date.now();
  change.note(hands.company);
  const giveUpAt = answeredAtMs + giveUpMs;
  const arrival =
    effect.kind === 'step'
      ? await callsWith(effect, stage.simulator, before, giveUpAt)
      : await mirrorWith(effect, stage, giveUpAt);
  await quiet(stage, giveUpAt);
  const measured = { change, latencyMs: arrival && Math.max(0, arrival.atMs - answeredAtMs) };
  if (arrival === null) return { ...measured, arrived: 'did not arrive', good: false };
  if (effect.kind === 'step') return { ...measured, arrived: arrival.what, good: true };
  const sent = await stage.simulator.writes(before);
  if (sent.length === 0) return { ...measured, arrived: `${arrival.what}; nothing sent, as it should be`, good: true };
  return { ...measured, arrived: `sent ${sent.map(({ cmd }) => cmd).join(', ')}, but nothing should be`, good: false };
}

interface Arrival {
  readonly atMs: number;
  readonly what: string;
}

/** What the simulator notes of each change that a call makes. */
interface LoggedChange {
  readonly username: string;
  readonly step: string;
  readonly groups?: readonly string[];
}

function makes(call: SimulatedCall, { step, group }: Effect & { kind: 'step' }, username: string): boolean {
  return (call.changes as readonly LoggedChange[]).some(
    (change) =>
      change.username === username && change.step === step && (!group || (change.groups ?? []).includes(group)),
  );
}

/** Waits for the calls that do this step to everybody concerned. */
async function callsWith(
  effect: Effect & { kind: 'step' },
  simulator: Simulator,
  since: number,
  giveUpAt: number,
): Promise<Arrival | null> {
  for (; Date.now() < giveUpAt; await sleep(lookEveryMs)) {
    const calls = await simulator.writes(since);
    const found = effect.usernames.map((username) => calls.find((call) => makes(call, effect, username)));
    const all = found.filter((call) => call !== undefined);
    if (all.length < effect.usernames.length) continue;
    const who = effect.usernames.length === 1 ? '' : ` for ${effect.usernames.length} people`;
    const commands = [...new Set(all.map(({ cmd }) => cmd))].join(', ');
    return { atMs: Math.max(...all.map(({ timeMs }) => timeMs)), what: `${commands}: ${effect.step}${who}` };
  }
  return null;
}

/** Waits until the mirror shows an object where, or as, it is now. */
async function mirrorWith(
  { guid, rdn, parent }: Effect & { kind: 'mirrored' },
  { store }: Stage,
  giveUpAt: number,
): Promise<Arrival | null> {
  for (; Date.now() < giveUpAt; await sleep(lookEveryMs)) {
    const object = await mirroredObject(store, guid);
    if (object === null || (rdn && object.rdn !== rdn) || (parent && object.parent !== parent)) continue;
    return { atMs: Date.now(), what: 'mirrored' };
  }
  return null;
}

async function quiet({ store }: Stage, giveUpAt: number): Promise<void> {
  while (Date.now() < giveUpAt && (await outstandingIn(store)).total > 0) await sleep(lookEveryMs);
}
