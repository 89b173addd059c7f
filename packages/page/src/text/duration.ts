/** Times, as people read them: no more exact than one wants to know. */

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/** `2 min 10 s`, `3 h`, `840 ms`: the largest unit, and the next one while the first is a small number. @param ms negative ones count as 0 */
export function durationText(ms: number): string {
  const left = Math.max(0, ms);
  if (left < 1_000) return `${Math.round(left)} ms`;
  const index = units.findIndex((unit) => left >= unit.ms);
  const unit = units[index] ?? units[units.length - 1];
  if (unit === undefined) return `${left} ms`;
  const whole = Math.floor(left / unit.ms);
  const next = units[index + 1];
  const rest = next === undefined || whole >= 10 ? 0 : Math.floor((left % unit.ms) / next.ms);
  return rest > 0 && next !== undefined ? `${whole} ${unit.name} ${rest} ${next.name}` : `${whole} ${unit.name}`;
}

/** `just now`, `3 min ago`, `in 2 h`: by the largest unit alone. */
export function agoText(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  if (Math.abs(ms) < 5_000) return 'just now';
  const unit = units.find((each) => Math.abs(ms) >= each.ms);
  const text = unit === undefined ? 'a moment' : `${Math.floor(Math.abs(ms) / unit.ms)} ${unit.name}`;
  return ms > 0 ? `${text} ago` : `in ${text}`;
}
