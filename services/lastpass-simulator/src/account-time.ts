/** The account's own time zone, in which `reporting` tells and takes its times: `2022-05-11 11:02:26`, without a zone. */

const WALL_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether it names a time zone, such as `US/Eastern` or `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    formatFor(name);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** What the clock shows there at that moment (milliseconds since 1970). */
export function wallTime(timeMs: number, timeZone: string): string {
  return formatFor(timeZone).format(timeMs);
}

/**
 * The moment (milliseconds since 1970) at which the clock shows this; a date alone is its midnight. null where it isn't a
 * time. Of an hour that comes twice, in autumn, it is one of the two.
 */
export function momentOf(text: string, timeZone: string): number | null {
  const parts = WALL_TIME.exec(text.trim());
  if (parts === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const asUtcMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const first = asUtcMs - offsetMs(asUtcMs, timeZone);
  return asUtcMs - offsetMs(first, timeZone);
}

/** How far the clock there is ahead of UTC at that moment. */
function offsetMs(timeMs: number, timeZone: string): number {
  return Date.parse(`${wallTime(timeMs, timeZone).replace(' ', 'T')}Z`) - Math.floor(timeMs / 1_000) * 1_000;
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  // Swedish writes times as LastPass does.
  const format =
    formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, format);
  return format;
}
