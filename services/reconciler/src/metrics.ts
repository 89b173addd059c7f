/** What a reconciler tells Prometheus: of itself alone (docs/metrics.md). What all of them have to do is told by the console. */
import { type Attempts, attemptsOf } from '@connector/shared/attempts.ts';
import { Counter, type Registry } from 'prom-client';

export interface ReconcilerMetrics {
  readonly applied: Counter<'directory'>;
  readonly planned: Counter;
  readonly held: Counter;
  readonly sealing: Attempts<never>;
}

/** @param directories their ids: each is there from the beginning, so that its first event is an increase */
export function reconcilerMetrics(metrics: Registry, directories: readonly string[]): ReconcilerMetrics {
  const registers = [metrics];
  const made: ReconcilerMetrics = {
    applied: new Counter({
      name: 'connector_log_entries_applied_total',
      help: 'Entries of the change log applied to the mirror',
      labelNames: ['directory'],
      registers,
    }),
    planned: new Counter({ name: 'connector_people_planned_total', help: 'People planned', registers }),
    held: new Counter({
      name: 'connector_guard_held_total',
      help: 'People whose guarded steps the guard held',
      registers,
    }),
    sealing: attemptsOf({
      name: 'connector_audit_seal',
      what: 'sealing the audit trail',
      labelNames: [],
      metrics,
    }),
  };
  for (const directory of directories) made.applied.inc({ directory }, 0);
  return made;
}
