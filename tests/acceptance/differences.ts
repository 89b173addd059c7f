/** What LastPass holds held against what the oracle says. */
import type { SimulatedState, SimulatedUser } from '../support/simulator.ts';
import type { Expectation } from './oracle.ts';

const namesOf = ({ groups }: SimulatedUser): string[] => (groups ?? []).map((name) => name.toLowerCase()).sort();
const shown = (value: unknown): string => JSON.stringify(value);

/** Every difference as a line that begins with the user name; none when all is well. */
export function differencesOf(
  expected: ReadonlyMap<string, Expectation>,
  { before, after }: { before: SimulatedState; after: SimulatedState },
): string[] {
  const found = new Map(after.users.map((user) => [user.username, user]));
  const initial = new Map(before.users.map((user) => [user.username, user]));
  const surplus = [...found.keys()].filter((username) => !expected.has(username));
  return [
    ...surplus.map((username) => `${username}: nobody should have this account`),
    ...[...expected].flatMap(([username, expectation]) =>
      differencesOfOne(expectation, { before: initial.get(username), after: found.get(username) }).map(
        (line) => `${username}: ${line}`,
      ),
    ),
  ];
}

interface Sides {
  readonly before: SimulatedUser | undefined;
  readonly after: SimulatedUser | undefined;
}

function differencesOfOne(expectation: Expectation, { before, after }: Sides): string[] {
  if (expectation.kind === 'untouched') {
    return shown(before) === shown(after) ? [] : [`was ${shown(before)} and should be that, but is ${shown(after)}`];
  }
  if (!after) return expectation.mayBeMissing ? [] : ['has no account'];
  if (expectation.kind === 'follows') return differencesOfFollower(expectation, after);
  if (expectation.mayBeUntouched && shown(before) === shown(after)) return [];
  return differencesOfLeft(expectation, after);
}

function differencesOfFollower(expected: Extract<Expectation, { kind: 'follows' }>, found: SimulatedUser): string[] {
  const { fullname, disabled, groups } = expected;
  const lines: string[] = [];
  if (found.fullname !== fullname) lines.push(`the name is ${shown(found.fullname)} and should be ${shown(fullname)}`);
  if (found.disabled !== disabled) lines.push(`disabled is ${found.disabled} and should be ${disabled}`);
  if (shown(namesOf(found)) !== shown(groups))
    lines.push(`the groups are ${shown(namesOf(found))} and should be ${shown(groups)}`);
  return lines;
}

function differencesOfLeft(expected: Extract<Expectation, { kind: 'left' }>, found: SimulatedUser): string[] {
  const lines: string[] = [];
  if (!found.disabled) lines.push('has left and is not disabled');
  if (!expected.fullnames.has(found.fullname)) lines.push(`never was called ${shown(found.fullname)}`);
  const never = namesOf(found).filter((name) => !expected.groups.has(name));
  if (never.length > 0) lines.push(`never was in ${never.join(', ')}`);
  return lines;
}

/** Groups in which only these people were, and that changed all the same. */
export function changedGroupsOf(
  strangers: ReadonlySet<string>,
  { before, after }: { before: SimulatedState; after: SimulatedState },
): string[] {
  return Object.entries(before.groups)
    .filter(([, members]) => members.every((member) => strangers.has(member)))
    .filter(([name, members]) => shown(after.groups[name]) !== shown(members))
    .map(([name]) => `the group ${name} was ${shown(before.groups[name])} and is ${shown(after.groups[name])}`);
}
