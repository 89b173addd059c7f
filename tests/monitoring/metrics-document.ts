/** What docs/metrics.md tells of the metrics, and what a scrape tells, in one form. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const file = resolve(import.meta.dirname, '../../docs/metrics.md');

export interface Metric {
  readonly name: string;
  readonly type: string;
  /** In the order of the alphabet. */
  readonly labels: readonly string[];
}

/** A metric, and the services that tell it. */
export interface DocumentedMetric extends Metric {
  readonly by: readonly string[];
}

export const services = ['watcher', 'reconciler', 'pusher', 'console'] as const;

/** The document. */
export const metricsDocument = (): string => readFileSync(file, 'utf8');

/** The rows of its table. */
export function documentedMetrics(): DocumentedMetric[] {
  const rows = metricsDocument().matchAll(/^\| `(connector_\w+)` \| (\w+) \| ([^|]*)\| (\w+) \| \S/gm);
  return [...rows].map(([, name = '', type = '', labels = '', by = '']) => ({
    name,
    type,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).sort(),
    by: by === 'each' ? services : [by],
  }));
}

/** The connector's own metrics that a scrape has, those without a value too, whose labels aren't known. */
export function scrapedMetrics(text: string): (Metric & { readonly hasValue: boolean })[] {
  const types = [...text.matchAll(/^# TYPE (connector_\w+) (\w+)$/gm)];
  return types.map(([, name = '', type = '']) => {
    const lines = text.split('\n').filter((line) => sampleOf(name, type).test(line));
    const labels = new Set(lines.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label)));
    labels.delete('le');
    return { name, type, labels: [...labels].sort(), hasValue: lines.length > 0 };
  });
}

const sampleOf = (name: string, type: string): RegExp =>
  new RegExp(`^${name}${type === 'histogram' ? '_(?:bucket|sum|count)' : ''}[ {]`);

/** The lines of the connector's own metrics. */
export const ownLines = (text: string): string =>
  `${text
    .split('\n')
    .filter((line) => /^(?:# \w+ )?connector_/.test(line))
    .join('\n')}\n`;
