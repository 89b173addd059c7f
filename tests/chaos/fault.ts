/** What a fault is: something that goes wrong, for a bounded time, and is over then. */
import type { Random } from '../acceptance/random.ts';
import type { ChaosWorld } from './world.ts';

/** Ends a fault: everything is as it should be again, or comes to be so by itself. */
export type End = () => Promise<void> | void;

export interface FaultKind {
  readonly name: string;
  /** How likely it is chosen, beside the others. */
  readonly weight: number;
  /** How long it lasts, ms: from … to. */
  readonly lastsMs: readonly [from: number, to: number];
  /**
   * Lets it begin. @returns its end, with what in particular it struck, for the log; `null` when it can't strike now, because
   * another fault has what it needs
   */
  begin(world: ChaosWorld, random: Random): Promise<{ readonly end: End; readonly struck: string } | null>;
}
