/** What a check of all ends has found. */

/** How serious it is: a warning doesn't keep the connector from working. */
export type Grade = 'ok' | 'warning' | 'failure';

export interface Finding {
  readonly grade: Grade;
  /** What was looked at: `Redis`, `directory corp`, `LastPass`, `services`. */
  readonly end: string;
  /** What was found, with the remedy where it isn't as it should be. */
  readonly text: string;
}
