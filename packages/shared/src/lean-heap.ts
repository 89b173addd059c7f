/**
 * How much garbage a service lets lie.
 *
 * What a service holds is small (some 30 MB of JavaScript at 10,000 people), and V8 would let three times as much garbage of the old
 * generation lie beside it before it collects. What each person and each command to Redis needs for a moment gets there whenever many are
 * under way. How large the young generation may become can only be told when a process starts: `--max-semi-space-size`, which the image,
 * the systemd unit and `npm start` give.
 */
import { setFlagsFromString } from 'node:v8';

/** Garbage of the old generation that may lie, in per cent of what lives. V8 looks at it after each of its collections. */
const garbagePercent = 50;

/** Has the old generation collected earlier from now on. */
export function keepHeapLean(): void {
  setFlagsFromString(`--heap-growing-percent=${garbagePercent}`);
}
