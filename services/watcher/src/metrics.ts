/** What a watcher tells Prometheus: of itself alone (docs/metrics.md). */
import { type Attempts, attemptsOf } from '@connector/shared/attempts.ts';
import { Counter, Gauge, type Registry } from 'prom-client';

export interface WatcherMetrics {
  readonly changes: Counter<'directory'>;
  readonly active: Gauge<'directory'>;
  /** Connecting to a domain controller and signing in. */
  readonly connections: Counter<'directory' | 'outcome'>;
  readonly lost: Counter<'directory'>;
  readonly reading: Attempts<'directory'>;
}

/** @param directories their ids: each is there from the beginning, so that its first event is an increase */
export function watcherMetrics(metrics: Registry, directories: readonly string[]): WatcherMetrics {
  const registers = [metrics];
  const ofDirectory = { labelNames: ['directory'] as const, registers };
  const made: WatcherMetrics = {
    changes: new Counter({
      name: 'connector_directory_changes_total',
      help: 'Changes read from a directory',
      ...ofDirectory,
    }),
    active: new Gauge({
      name: 'connector_watcher_active',
      help: '1 while this is the active watcher of a directory, 0 while it stands by',
      ...ofDirectory,
    }),
    connections: new Counter({
      name: 'connector_ldap_connections_total',
      help: 'Times that a domain controller was connected to: ok, or why it failed',
      labelNames: ['directory', 'outcome'],
      registers,
    }),
    lost: new Counter({
      name: 'connector_ldap_connections_lost_total',
      help: 'Connections to a domain controller that broke, or were given up after an error, while it was read',
      ...ofDirectory,
    }),
    reading: attemptsOf({
      name: 'connector_directory_read',
      what: 'reading a directory to its end',
      labelNames: ['directory'],
      metrics,
    }),
  };
  for (const directory of directories) {
    made.changes.inc({ directory }, 0);
    made.active.set({ directory }, 0);
    made.connections.inc({ directory, outcome: 'ok' }, 0);
    made.lost.inc({ directory }, 0);
  }
  return made;
}
