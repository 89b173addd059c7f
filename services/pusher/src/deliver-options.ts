/** What delivering needs. */
import type { PersonKey } from '@connector/shared/keys.ts';
import type { Store } from '@connector/shared/store.ts';
import type { Reviewed } from '@connector/sync/requests/reviewed-steps.ts';
import type { Logger } from 'pino';
import type { Batch, Claims } from './claims.ts';
import type { Provisioner } from './federation/provisioner.ts';
import type { Calls } from './gate.ts';
import type { CommandMisses } from './misses.ts';
import type { RecentNames } from './recent-names.ts';
import type { Records } from './records.ts';
import type { Seats } from './seats.ts';

export interface DeliverOptions {
  readonly store: Store;
  readonly gate: Calls;
  readonly claims: Claims;
  readonly records: Records;
  readonly commandMisses: CommandMisses;
  readonly seats: Seats;
  readonly provisioner: Provisioner;
  /** Told who waits for the key registrar, or for the company's key, and why; `null`: nobody does. */
  readonly onKeyTrouble: (trouble: string | null) => void;
  /** The same for all batches. */
  readonly recentNames: RecentNames;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Waits until what was written down survives a crash of Redis. @throws NotDurable */
  readonly makeDurable: () => Promise<void>;
  /** How many accounts may be in one call now. */
  readonly batchSize: () => Promise<number>;
  /** Delivers leavers that became due meanwhile: called before each call that takes no access from anybody. */
  readonly overtake: () => Promise<void>;
  /** Only these steps are sent; `null`: whatever the plans say. */
  readonly reviewed: Reviewed | null;
  /** Whether deliveries are neither paused nor, in manual mode, unasked for: looked at before each call. */
  readonly mayDeliver: () => Promise<boolean>;
  /** Many accounts were created whose ids aren't known yet. */
  readonly onManyCreated: () => void;
}

/** What works on behalf of a round is given. */
export interface RoundParts {
  readonly deliver: DeliverOptions;
  readonly batch: Batch;
  /** Takes people out of the round. */
  readonly dropOut: (people: Iterable<PersonKey>) => void;
}
