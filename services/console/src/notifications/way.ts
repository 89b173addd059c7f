/** A way by which messages go out. */
import type { Message } from './message.ts';

export type WayName = 'webhook' | 'email';
export const wayNames: readonly WayName[] = ['webhook', 'email'];

export interface Way {
  readonly name: WayName;
  /** Where to, for people: a host, never a secret. */
  readonly to: string;
  /**
   * Sends a message, once.
   * @returns what the other side answered, in one line
   * @throws NotSent
   */
  send(message: Message): Promise<string>;
}

/** A message that didn't go out, or of which nobody knows whether it did. The message is one line with the remedy. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  readonly code = 'NOT_SENT';
}

/** So long may one try take, ms. */
export const sendWithinMs = 10_000;
