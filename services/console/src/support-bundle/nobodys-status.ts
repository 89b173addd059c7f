/** The status without whoever did something, or is set aside: those stay who they are by their keys. */
import { problemsOf, type Status } from '../status/status.ts';
import { statusJson } from '../status/status-json.ts';
import { hidden } from './redacted-configuration.ts';

const nobodys = <T extends { readonly by: string }>(done: T | null): T | null => done && { ...done, by: hidden };

/** What LastPass or a plan says of somebody may repeat their name. */
const withoutName = <T extends { readonly name: string; readonly reason: string }>(aside: T): T => ({
  ...aside,
  name: hidden,
  reason: aside.name === '' ? aside.reason : aside.reason.replaceAll(aside.name, hidden),
});

/** As `connector status --json` prints it. */
export function nobodysStatus(status: Status): object {
  const pause = nobodys(status.pause);
  return statusJson({
    ...status,
    pause,
    policySet: nobodys(status.policySet),
    run: nobodys(status.run),
    reviewed: nobodys(status.reviewed),
    setAside: status.setAside.map(withoutName),
    deletedByHand: status.deletedByHand.map(withoutName),
    problems: problemsOf(status.services, { raised: status.alarm, pause }),
  });
}
