/** How long something will take, as people read it: no more exact than it is. */
import { formatDuration } from '@connector/shared/duration.ts';

/** Rounded up: to seconds, from a minute on to ten of them, from ten minutes on to minutes. */
function roughly(ms: number): number {
  const unitMs = ms < 60_000 ? 1_000 : ms < 600_000 ? 10_000 : 60_000;
  return Math.max(1, Math.ceil(ms / unitMs)) * unitMs;
}

/** @param isAll nothing else will come to it */
export function timeLeftText(ms: number | null, { isAll }: { isAll: boolean }): string {
  if (ms === null) return 'time left unknown yet';
  return `${isAll ? 'about' : 'at least'} ${formatDuration(roughly(ms))} left`;
}
