/** The status, for programs: moments as ISO 8601 texts, everybody who is set aside. */
import { isoText } from '../text/when.ts';
import type { Status } from './status.ts';

const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : isoText(atMs));

export function statusJson({ nowMs, services, directories, accounts, setAside, alarm, ...rest }: Status): object {
  return {
    ok: rest.problems.length === 0,
    at: isoText(nowMs),
    ...rest,
    services: services.map(({ service, instances }) => ({
      service,
      instances: instances.map(({ startedAtMs, ...each }) => ({ ...each, startedAt: isoText(startedAtMs) })),
    })),
    directories: directories.map(({ completedAtMs, ...each }) => ({ ...each, completedAt: isoOrNull(completedAtMs) })),
    accounts: { count: accounts.count, readAt: isoOrNull(accounts.readAtMs) },
    setAside: setAside.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) })),
    alarm: alarm && {
      message: alarm.message,
      since: isoText(alarm.sinceMs),
      tryAgainAt: isoText(alarm.tryAgainAtMs),
    },
  };
}
