/** What the API and the control API share: one simulated company, its log and its faults. */
import { type CallLog, callLog } from './calls.ts';
import { type FaultList, faultsInForce } from './faults.ts';
import { type RateLimit, rateLimit } from './rate-limit.ts';
import type { Settings } from './settings.ts';
import { type StateInput, stateSeed } from './state.ts';
import { Tenant } from './tenant.ts';

/** Calls of updateemail a second, from one source address and for one old address: LastPass's published limit. */
const EMAIL_CHANGES_PER_SECOND = 10;

export type Simulation = {
  /** Replaced as a whole when a state is seeded. */
  tenant: Tenant;
  settings: Settings;
  readonly calls: CallLog;
  readonly faults: FaultList;
  readonly emailChanges: RateLimit;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** To be called after every change of the tenant. */
  onChange: () => void;
};

export type SimulationOptions = {
  settings: Settings;
  /** The state to begin with; empty where it is missing. */
  state?: StateInput;
  /** Milliseconds since 1970; `Date.now` where it is missing. */
  nowMs?: () => number;
  /** Numbers from 0 up to 1, for the faults' probability. */
  random?: () => number;
};

export function newSimulation({
  settings,
  state,
  nowMs = Date.now,
  random = Math.random,
}: SimulationOptions): Simulation {
  return {
    tenant: Tenant.from(stateSeed.parse(state ?? {}), new Date(nowMs())),
    settings,
    calls: callLog(),
    faults: faultsInForce({ random }),
    emailChanges: rateLimit({ perSecond: EMAIL_CHANGES_PER_SECOND }),
    nowMs,
    onChange: () => undefined,
  };
}
