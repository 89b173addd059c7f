/** What is offered to be done about people on a list, and what that means. */
import type { ReactNode } from 'react';
import type { Deed } from '../api/decide.ts';
import type { Chosen } from './chosen.ts';

export interface Offer<Row> {
  readonly deed: Deed;
  /** Begins the question, and is what the button says: `Release`, `Enable again`. */
  readonly verb: string;
  /** What then happens, for whoever is about to confirm it. */
  readonly meaning: (chosen: Chosen<Row>) => ReactNode;
  /**
   * The same in few words, once it is done; goes on after a colon: `their accounts are created now`.
   * @param when what LastPass is told happens: `now`, or later, and why
   */
  readonly effect: (when: string) => string;
  /** It takes something from somebody. */
  readonly dangerous?: true;
}
