/** A way by which messages go out. */
import type { Message } from './message.ts';

export type WayName = 'webhook' | 'email';
export const wayNames: readonly WayName[] = ['webhook', 'email'];

export interface Way {
  readonly name: WayName;
  /** Where to, for people: a host, never a secret. */
  readonly to: string;
  /**
   * Sends a message, once, within `sendWithinMs`.
   * @param signal given when its end isn't waited for any more: whether it went out isn't known then
   * @returns what the other side answered, in one line
   * @throws NotSent
   */
  send(message: Message, signal?: AbortSignal): Promise<string>;
}

/** A message that didn't go out, or of which nobody knows whether it did. The message is one line with the remedy. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  readonly code = 'NOT_SENT';
}

/** So long may one try take, ms, from looking up a name to the last answer. */
export const sendWithinMs = 10_000;

/** Why a try ended before the other side's answer. */
export interface Ending {
  /** Given once the time is over. */
  readonly timeout: AbortSignal;
  /** Given then, or when nobody waits any more. */
  readonly either: AbortSignal;
}

/** Begins the time of a try. @param signal of whoever waits for it */
export function endingAfter(withinMs: number, signal?: AbortSignal): Ending {
  const timeout = AbortSignal.timeout(withinMs);
  return { timeout, either: signal === undefined ? timeout : AbortSignal.any([timeout, signal]) };
}
