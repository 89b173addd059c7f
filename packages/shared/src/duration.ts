/** Durations as people write them in a configuration: `500ms`, `30s`, `15m`, `24h`, `7d`. */
import { z } from 'zod';

const unitsMs: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration, as milliseconds. */
export const durationMs = z
  .string()
  .meta({ title: 'duration', pattern: '^\\s*\\d+\\s*(ms|s|m|h|d)\\s*$' })
  .transform((text, context) => {
    const parts = /^(\d+)\s*(ms|s|m|h|d)$/.exec(text.trim());
    const unit = parts?.[2] === undefined ? undefined : unitsMs[parts[2]];
    if (!parts || unit === undefined) {
      context.addIssue({
        code: 'custom',
        message: `"${text}" is no duration; write a number and a unit, such as 30s, 15m or 24h`,
      });
      return z.NEVER;
    }
    return Number(parts[1]) * unit;
  });

/** A duration as it is written in a configuration, in the largest unit that says it exactly: `30d`, `90m`. */
export function writeDuration(ms: number): string {
  const [unit, size] = Object.entries(unitsMs).findLast(([, each]) => ms % each === 0) ?? ['ms', 1];
  return ms === 0 ? '0s' : `${ms / size}${unit}`;
}

/** A duration as people read it: the two largest units that matter. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  const rest = hours % 24 === 0 ? '' : ` ${hours % 24} h`;
  return `${Math.floor(hours / 24)} d${rest}`;
}
