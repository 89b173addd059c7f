/** The status, for programs: moments as ISO 8601 texts. */
import { isoText } from '../text/when.ts';
import type { AsideStatus, Status } from './status.ts';

const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : isoText(atMs));

const asideJson = ({ sinceMs, ...each }: AsideStatus) => ({ ...each, since: isoText(sinceMs) });

export function statusJson(status: Status): object {
  const { problems, services, directories, accounts, people, setAside, deletedByHand, alarm, pause, run, reviewed } =
    status;
  const { nowMs, mode, policy, policySet, firstRun, delivering, onTheWay, latency, untold } = status;
  return {
    ok: problems.length === 0,
    at: isoText(nowMs),
    problems,
    services: services.map(({ service, instances }) => ({
      service,
      instances: instances.map(({ startedAtMs, ...each }) => ({ ...each, startedAt: isoText(startedAtMs) })),
    })),
    directories: directories.map(({ completedAtMs, ...each }) => ({ ...each, completedAt: isoOrNull(completedAtMs) })),
    accounts: { count: accounts.count, readAt: isoOrNull(accounts.readAtMs) },
    mode,
    policy,
    policySet: policySet && { by: policySet.by, at: isoText(policySet.atMs), differs: policySet.differs },
    firstRun,
    pause: pause && { by: pause.by, since: isoText(pause.atMs) },
    run: run && { by: run.by, since: isoText(run.atMs) },
    applying: reviewed && { by: reviewed.by, since: isoText(reviewed.atMs), people: reviewed.people },
    alarm: alarm && {
      message: alarm.message,
      since: isoText(alarm.sinceMs),
      tryAgainAt: isoText(alarm.tryAgainAtMs),
    },
    people,
    delivering: delivering && { ...delivering, timeLeftMs: delivering.timeLeftMs && Math.round(delivering.timeLeftMs) },
    onTheWay: { people: onTheWay.people, since: isoOrNull(onTheWay.sinceMs) },
    latency,
    untold: untold.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) })),
    setAside: setAside.map(asideJson),
    deletedByHand: deletedByHand.map(asideJson).map(({ kind: _drift, ...each }) => each),
  };
}
