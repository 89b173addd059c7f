/** What one measurement is, and what it is given. */
import type { Stack } from '../support/stack.ts';
import type { CompanySize } from './company.ts';
import type { Figure, Reading } from './figure.ts';
import type { FirstSync } from './first-sync.ts';

/** The company in sync with its tenant, the services running and with nothing to do. */
export interface Synced {
  readonly stack: Stack;
  readonly size: CompanySize;
  /** How long `ldapsearch` took right before, ms. */
  readonly readingMs: number;
  /** How that came about. */
  readonly firstSync: FirstSync;
}

/** One run of all measurements. */
export interface Run {
  readonly size: CompanySize;
  /** The company as a domain: a file of `SambaDomain.snapshot`. */
  readonly snapshot: string;
  /** The first sync takes place when it is first asked for. Measurements of one run share what comes of it, one after the other. */
  synced(): Promise<Synced>;
  /** Ends what `synced` gave, for a measurement that wants the machine for itself. */
  end(): Promise<void>;
  readonly say: (line: string) => void;
}

export interface Measurement {
  /** As `ONLY` chooses it. */
  readonly name: string;
  measure(run: Run): Promise<Reading[]>;
}

export const megabytes = (bytes: number): number => bytes / 2 ** 20;

/** A reading without a yardstick. */
export const reading = (figure: Figure, value: number): Reading => ({ figure, value });
