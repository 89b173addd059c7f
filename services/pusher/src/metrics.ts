/** What a pusher tells Prometheus: of itself alone (docs/metrics.md). What all of them have to do is told by the console. */
import { type Attempts, attemptsOf } from '@connector/shared/attempts.ts';
import { Counter, Histogram, type Registry } from 'prom-client';

/** A call to LastPass that has come to its end. */
export interface ToldCall {
  readonly command: string;
  /** `ok`, or the code of the error. */
  readonly outcome: string;
  readonly tookMs: number;
  /** So many accounts were to be changed by it together; 0 for a call that can't be about several. */
  readonly accounts: number;
}

export interface PusherMetrics {
  callEnded(call: ToldCall): void;
  /** People's changes have reached LastPass. @param tookMs of each of them that is counted, since its change was read */
  delivered(tookMs: readonly number[]): void;
  readonly delivering: Attempts<never>;
  readonly readingAccounts: Attempts<never>;
}

/** Seconds. A call is given up after a while (`settling.ts`). */
const callBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
/** A call may change 500 accounts at most. */
const accountBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** Seconds: from what is promised, a few, to what an outage of a day makes of it. */
const latencyBuckets = [0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400];

export function pusherMetrics(metrics: Registry): PusherMetrics {
  const registers = [metrics];
  const calls = new Counter({
    name: 'connector_lastpass_calls_total',
    help: 'Calls to LastPass: ok, or why they failed',
    labelNames: ['command', 'outcome'],
    registers,
  });
  const took = new Histogram({
    name: 'connector_lastpass_call_duration_seconds',
    help: 'How long calls to LastPass took, from their turn to their end',
    labelNames: ['command'],
    buckets: callBuckets,
    registers,
  });
  const together = new Histogram({
    name: 'connector_lastpass_call_accounts',
    help: 'How many accounts were in each call that may change several together',
    labelNames: ['command'],
    buckets: accountBuckets,
    registers,
  });
  const latency = new Histogram({
    name: 'connector_change_latency_seconds',
    help: 'How long changes in a directory took, from being read to being at LastPass, without what waited for a person',
    buckets: latencyBuckets,
    registers,
  });
  const delivering = attemptsOf({
    name: 'connector_delivery',
    what: 'delivering people to LastPass',
    labelNames: [],
    metrics,
  });
  const readingAccounts = attemptsOf({
    name: 'connector_accounts_read',
    what: 'reading all accounts at LastPass',
    labelNames: [],
    metrics,
  });
  return {
    callEnded: ({ command, outcome, tookMs, accounts }) => {
      calls.inc({ command, outcome });
      took.observe({ command }, tookMs / 1_000);
      if (accounts > 0) together.observe({ command }, accounts);
      if (outcome === 'refused') delivering.succeeded({}); // it was answered: whom LastPass refuses is set aside, and told of there
    },
    delivered: (tookMs) => {
      delivering.succeeded({});
      for (const each of tookMs) latency.observe(Math.max(0, each) / 1_000);
    },
    delivering,
    readingAccounts,
  };
}
