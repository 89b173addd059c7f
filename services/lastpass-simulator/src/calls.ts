/** The log of every call to the API: what was asked, what it changed, what was answered. Never a provhash or password. */
import type { Change } from './outcome.ts';

/** Older calls than this many are forgotten. */
const KEPT = 50_000;

export type Call = {
  /** Counts up from 1 and never starts again, not even when the log is emptied. */
  sequence: number;
  /** When it arrived, ISO 8601 in UTC. */
  time: string;
  /** The same in milliseconds since 1970. */
  timeMs: number;
  cmd: string;
  /** As sent, with passwords hidden. */
  data: unknown;
  /** What it changed; empty for reads and for what was already so. */
  changes: Change[];
  /** `waiting` until it is decided; `fault` where a fault kept it from being carried out. */
  outcome: 'waiting' | 'ok' | 'partly' | 'refused' | 'unauthorized' | 'fault';
  /** Error texts of the answer. */
  errors: string[];
  /** Whether the command was carried out, whatever became of the answer. */
  executed: boolean;
  /** The fault that befell it. */
  fault: string | null;
  /** null while there is no answer, and for a connection cut without one. */
  httpStatus: number | null;
  /** From arrival to the end of the answer, or of the connection; null while it runs. */
  durationMs: number | null;
  /** Whether the command's own answer went out whole; false where a fault's took its place. */
  delivered: boolean;
};

export type CallLog = {
  begin(call: { cmd: string; data: unknown; secret: string; nowMs: number }): Call;
  /** Calls after the given sequence, oldest first. */
  since(sequence: number): Call[];
  lastSequence(): number;
  /** Calls that are kept. */
  size(): number;
  clear(): void;
};

export function callLog(): CallLog {
  let calls: Call[] = [];
  let last = 0;
  return {
    begin({ cmd, data, secret, nowMs }) {
      last += 1;
      const call = newCall({ sequence: last, timeMs: nowMs, cmd, data: withoutSecrets(data, secret) });
      calls.push(call);
      if (calls.length > 2 * KEPT) calls = calls.slice(-KEPT);
      return call;
    },
    since: (sequence) => calls.slice(firstAfter(calls, sequence)),
    lastSequence: () => last,
    size: () => calls.length,
    clear() {
      calls = [];
    },
  };
}

function newCall(call: Pick<Call, 'sequence' | 'timeMs' | 'cmd' | 'data'>): Call {
  return {
    ...call,
    time: new Date(call.timeMs).toISOString(),
    changes: [],
    outcome: 'waiting',
    errors: [],
    executed: false,
    fault: null,
    httpStatus: null,
    durationMs: null,
    delivered: false,
  };
}

/** Sequences have no gaps, so the place follows from the number. */
function firstAfter(calls: Call[], sequence: number): number {
  const first = calls[0]?.sequence ?? 0;
  return Math.max(0, sequence + 1 - first);
}

function withoutSecrets(data: unknown, secret: string): unknown {
  if (data === undefined) return null;
  // What wasn't JSON is kept as it came, and so can't be searched for the password in it.
  if (typeof data === 'string' && /password/i.test(data)) return '[hidden]';
  const secretInJson = JSON.stringify(secret).slice(1, -1);
  return JSON.parse(JSON.stringify(data, hidePassword).replaceAll(secretInJson, '[provhash]'));
}

function hidePassword(key: string, value: unknown): unknown {
  return key === 'password' ? '[hidden]' : value;
}
