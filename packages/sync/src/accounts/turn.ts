import type { Guard } from '@connector/shared/transaction.ts';

/** Whose turn it is to read all accounts. */
export interface Turn {
  /** Holds as long as the turn does. */
  readonly guard: Guard;
  /** What keeps it, at every step. */
  readonly keep: readonly (readonly string[])[];
}
