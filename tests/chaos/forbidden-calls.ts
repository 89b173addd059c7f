/** Calls that must not be in the log, whatever went wrong while they were made. */

import { usernamesIn } from '../acceptance/world.ts';
import type { SimulatedCall } from '../support/simulator.ts';
import type { Released } from './quiet.ts';
import type { Injected } from './wave.ts';

/** A call as the log shows it, with its end. */
export interface ChaosCall extends SimulatedCall {
  /** From its arrival to the end of its answer, ms; `null` while it runs. */
  readonly durationMs: number | null;
}

/** So long may a call be on its way before it arrives, or its sender sleep before it is sent, ms. */
const underWayMs = 20_000;

interface Entry {
  readonly username: string;
  readonly content: string;
  readonly call: ChaosCall;
}

const entriesOf = (call: ChaosCall): Entry[] => {
  const data = [call.data].flat();
  return usernamesOf(call).map((username, index) => ({
    username,
    content: JSON.stringify([call.cmd, data[index]]),
    call,
  }));
};

/** Like `usernamesIn`, and of a change of address too. */
function usernamesOf({ cmd, data }: ChaosCall): string[] {
  if (cmd !== 'updateemail') return usernamesIn({ data });
  return [data].flat().map((entry: unknown) => String((entry as { oldemail?: unknown }).oldemail));
}

/** Calls about those whom differences are about: lines that begin with a user name. */
export function callsAbout(calls: readonly ChaosCall[], differences: readonly string[]): ChaosCall[] {
  const names = new Set(differences.map((line) => line.split(': ')[0] ?? ''));
  const changing = calls.filter(({ cmd }) => cmd !== 'getuserdata');
  return changing.filter((call) => usernamesOf(call).some((username) => names.has(username)));
}

/** Asking again for an address that is asked for already: what a crash before the answer was recorded may cost, and nobody notices. */
const changesNothing = ({ cmd, changes }: ChaosCall): boolean => cmd === 'updateemail' && changes.length === 0;

/** Calls that asked for a change and were carried out as a whole. */
const carriedOut = (calls: readonly ChaosCall[]): ChaosCall[] =>
  calls.filter((call) => call.cmd !== 'getuserdata' && call.executed && call.outcome === 'ok' && !changesNothing(call));

/**
 * The very same was asked for again although it had been carried out and nothing else was asked for in between. Allowed is what
 * a fault explains: a call may have been on its way, or carried out, when its account was read back.
 */
export function sentAgain(calls: readonly ChaosCall[], injected: readonly Injected[]): string[] {
  const last = new Map<string, Entry>();
  const found: string[] = [];
  for (const entry of carriedOut(calls).flatMap(entriesOf)) {
    const before = last.get(entry.username);
    last.set(entry.username, entry);
    if (before === undefined || before.content !== entry.content) continue;
    const endedAtMs = before.call.timeMs + (before.call.durationMs ?? 0);
    const since = before.call.timeMs - underWayMs;
    if (injected.some(({ fromMs, toMs }) => fromMs <= endedAtMs && toMs >= since)) continue;
    found.push(
      `${entry.username}: sent again: ${entry.content} (calls ${before.call.sequence}, ${entry.call.sequence})`,
    );
  }
  return found;
}

/** An account that exists was sent through batchadd all the same: what that does to its groups and status is unknown. */
export function createdAlthoughThere(calls: readonly ChaosCall[]): string[] {
  return calls
    .filter(({ cmd, executed, outcome }) => cmd === 'batchadd' && executed && outcome === 'ok')
    .flatMap((call) => usernamesOf(call).map((username) => ({ username, call })))
    .filter(({ username, call: { changes } }) => !changes.some((change) => isCreation(change, username)))
    .map(({ username, call: { sequence } }) => `${username}: was created although it was there (call ${sequence})`);
}

const isCreation = (change: unknown, username: string): boolean =>
  typeof change === 'object' &&
  change !== null &&
  'step' in change &&
  change.step === 'create' &&
  'username' in change &&
  change.username === username;

const takesAccess = ['disableuser', 'deluser'];

/** Whose access each call would take. */
const lossesIn = (calls: readonly ChaosCall[]) =>
  calls
    .filter(({ cmd }) => takesAccess.includes(cmd))
    .flatMap((call) => usernamesOf(call).map((username) => ({ username, call })));

/** Somebody lost access who wasn't to go at any moment. */
export function lostAccess(calls: readonly ChaosCall[], leavers: ReadonlySet<string>): string[] {
  return lossesIn(calls)
    .filter(({ username }) => !leavers.has(username))
    .map(({ username, call: { cmd, sequence } }) => `${username}: ${cmd}, and was never to go (call ${sequence})`);
}

/** With a guard that holds every leaver, nobody loses access before a person has released them. */
export function leaversNeverReleased(calls: readonly ChaosCall[], released: readonly Released[]): string[] {
  return lossesIn(calls)
    .filter(
      ({ username, call }) =>
        !released.some(({ callsBefore, usernames }) => call.sequence > callsBefore && usernames.has(username)),
    )
    .map(
      ({ username, call: { cmd, sequence } }) => `${username}: ${cmd} was sent and never released (call ${sequence})`,
    );
}
