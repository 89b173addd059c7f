/** What the log of calls must show whatever went wrong: nothing created twice, nothing sent again without a reason. */
import type { SimulatedCall, SimulatedState } from '../support/simulator.ts';

type Entry = { readonly username: string; readonly content: string; readonly call: SimulatedCall };

/** The accounts that a call speaks of, each with what it says of them. */
function entriesOf(call: SimulatedCall): Entry[] {
  const data = Array.isArray(call.data) ? call.data : [call.data];
  return data.map((item: unknown) => {
    const entry = item as string | { username: string } | { oldemail: string };
    const username = typeof entry === 'string' ? entry : 'username' in entry ? entry.username : entry.oldemail;
    return { username, content: JSON.stringify([call.cmd, item]), call };
  });
}

/** Asking again for an address that is asked for already: what a crash before the answer was recorded may cost, and nobody notices. */
const changesNothing = ({ cmd, changes }: SimulatedCall): boolean => cmd === 'updateemail' && changes.length === 0;

/** What was carried out of the calls that ask for a change, account by account. */
function carriedOut(calls: readonly SimulatedCall[]): Entry[] {
  const writes = calls.filter(
    (call) => call.cmd !== 'getuserdata' && call.executed && call.outcome !== 'refused' && !changesNothing(call),
  );
  return writes.flatMap(entriesOf).filter(({ username, call: { outcome, changes } }) => {
    return outcome !== 'partly' || changes.some((change) => (change as { username: string }).username === username);
  });
}

/** How often each address was in a create that was carried out. */
export function creations(calls: readonly SimulatedCall[]): Record<string, number> {
  const count: Record<string, number> = {};
  for (const { username, call } of carriedOut(calls))
    if (call.cmd === 'batchadd') count[username] = (count[username] ?? 0) + 1;
  return Object.fromEntries(Object.entries(count).sort());
}

/** Changes that were carried out for an account whose last change was the very same one. */
export function repeats(calls: readonly SimulatedCall[]): string[] {
  const last = new Map<string, string>();
  const found: string[] = [];
  for (const { username, content } of carriedOut(calls)) {
    if (last.get(username) === content) found.push(content);
    last.set(username, content);
  }
  return found;
}

/** The tenant without what depends on order and time: ids of new accounts, moments. */
export function essence({ users, groups, invited, welcomeEmails }: SimulatedState) {
  const people = users.map(
    ({ username, fullname, disabled, groups: names = [], attribs = {}, pending_email = null }) => {
      return { username, fullname, disabled, groups: [...names].sort(), attribs, pending_email };
    },
  );
  return {
    users: people.sort((a, b) => (a.username < b.username ? -1 : 1)),
    groups: Object.fromEntries(Object.entries(groups).map(([name, members]) => [name, [...members].sort()])),
    invited,
    welcomeEmails: Object.fromEntries(Object.entries(welcomeEmails).map(([address, times]) => [address, times.length])),
  };
}
