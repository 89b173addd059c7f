/** The status without whoever did something, or is set aside: those stay who they are by their keys. */
import { problemsOf, type Status } from '../status/status.ts';
import { statusJson } from '../status/status-json.ts';
import { hidden } from './redacted-configuration.ts';

const nobodys = <T extends { readonly by: string }>(done: T | null): T | null => done && { ...done, by: hidden };

/** What a reason repeats of what somebody has written stands in quotes, and may hold quotes of its own: it ends with the last of them. */
const quoted = /".*"/gs;

/**
 * Somebody who is set aside, without a name. What LastPass or a plan says of them may repeat it, and so may what stands where a mail
 * should, which no fence knows for an address: `ann.hall(at)example.com`.
 */
export function nobodysAside<T extends { readonly name: string; readonly reason: string }>(aside: T): T {
  const reason = aside.reason.replace(quoted, `"${hidden}"`);
  return { ...aside, name: hidden, reason: aside.name === '' ? reason : reason.replaceAll(aside.name, hidden) };
}

/** As `connector status --json` prints it. */
export function nobodysStatus(status: Status): object {
  const pause = nobodys(status.pause);
  return statusJson({
    ...status,
    pause,
    policySet: nobodys(status.policySet),
    run: nobodys(status.run),
    reviewed: nobodys(status.reviewed),
    setAside: status.setAside.map(nobodysAside),
    deletedByHand: status.deletedByHand.map(nobodysAside),
    problems: problemsOf(status.services, { raised: status.alarm, pause }),
  });
}
