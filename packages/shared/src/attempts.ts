/**
 * What is done again and again, for Prometheus: when this process tried it last, and when it last went well. The two apart tell somebody who
 * tries and fails from somebody who doesn't try any more.
 */
import { Gauge, type Registry } from 'prom-client';

export interface Attempts<Label extends string> {
  /** It is tried now. */
  began(labels: Record<Label, string>): void;
  /** It went well now. */
  succeeded(labels: Record<Label, string>): void;
}

export interface AttemptsOptions<Label extends string> {
  /** Of the metrics, before what they tell: `connector_directory_read`. */
  readonly name: string;
  /** What it is, as it stands in their help: `reading a directory to its end`. */
  readonly what: string;
  readonly labelNames: readonly Label[];
  readonly metrics: Registry;
}

/** Makes both metrics. Until the first time they have no value: 1970 would be a lie. */
export function attemptsOf<Label extends string>({
  name,
  what,
  labelNames,
  metrics,
}: AttemptsOptions<Label>): Attempts<Label> {
  const gaugeOf = (which: 'attempt' | 'success', help: string) => {
    const gauge = new Gauge({
      name: `${name}_last_${which}_timestamp_seconds`,
      help,
      labelNames: [...labelNames],
      registers: [metrics],
    });
    if (labelNames.length === 0) gauge.remove();
    return gauge;
  };
  const attempt = gaugeOf('attempt', `When this process last began ${what}`);
  const success = gaugeOf('success', `When this process last succeeded in ${what}`);
  return {
    began: (labels) => attempt.set(labels, nowInSeconds()),
    succeeded: (labels) => success.set(labels, nowInSeconds()),
  };
}

const nowInSeconds = (): number => Date.now() / 1_000;
