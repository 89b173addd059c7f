/** Policies, and what becomes of people by them, for programs. */
import type { StoppedPerson } from '@connector/sync/preview/not-sent.ts';
import { isoText } from '../text/when.ts';
import type { Edit } from './edit.ts';
import type { Revision } from './policy-history.ts';
import type { PolicyNow } from './policy-now.ts';

export const policyJson = ({ number, written, isSet, by, atMs, settled, differs }: PolicyNow): object => ({
  number,
  from: isSet ? 'set' : 'configuration',
  by,
  at: atMs === null ? null : isoText(atMs),
  settled,
  policy: written,
  differs: differs.map(({ key, was, is }) => ({ key, inForce: is, configured: was })),
});

export const revisionJson = ({ atMs, written, ...revision }: Revision): object => ({
  ...revision,
  at: isoText(atMs),
  policy: written,
});

const personJson = ({ person, username, name, steps }: Omit<StoppedPerson, 'account' | 'because'>): object => ({
  person,
  username,
  name,
  steps,
});
const stoppedJson = (stopped: StoppedPerson): object => ({ ...personJson(stopped), because: stopped.because });

/** @param number of the policy that is in force by it; `null`: nothing was changed */
export function editJson(edit: Edit | null, number: number | null): object {
  if (edit === null) return { replaces: null, number: null, changes: [], radius: null };
  const { sent, held, pending, setAside, noLonger, unresolved } = edit.radius;
  return {
    replaces: edit.number,
    number,
    changes: edit.changes,
    radius: {
      sent: sent.map(personJson),
      held: held.map(stoppedJson),
      pending: pending.map(stoppedJson),
      setAside: setAside.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) })),
      noLonger: noLonger.map(stoppedJson),
      unresolved,
    },
  };
}
