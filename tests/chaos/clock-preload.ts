/** Preloaded into a service: its clock is off by `CLOCK_SHIFT_MS`. */
const shiftMs = Number(process.env['CLOCK_SHIFT_MS'] ?? 0);
const nowMs = Date.now;
Date.now = () => nowMs() + shiftMs;
