/** Comparing the whole of LastPass with what it should be, person by person. */
import type { SimulatedState, SimulatedUser } from '../tests/support/simulator.ts';
import { type Expectation, type ExpectedAccount, fullnameOf, type Obstacle, shown } from './expectation.ts';
import type { Organisation } from './organisation.ts';

type Shown = ReturnType<typeof shown>;

/** How many of the expected accounts are as they should be. */
export function arrived(state: SimulatedState, expectation: Expectation): number {
  const users = new Map(state.users.map((user) => [user.username, user]));
  return [...expectation.accounts].filter(([name, account]) => {
    const user = users.get(name);
    return user !== undefined && differing(shown(user), shown(account)).length === 0;
  }).length;
}

/**
 * Everything that isn't as it should be, a line each; empty when all is.
 * @param before the tenant before the connector first saw it
 */
export function differencesOf({
  before,
  after,
  expectation,
}: {
  before: SimulatedState;
  after: SimulatedState;
  expectation: Expectation;
}): string[] {
  const users = new Map(after.users.map((user) => [user.username, user]));
  const earlier = new Map(before.users.map((user) => [user.username, user]));
  return [
    ...[...expectation.accounts].flatMap(([name, account]) =>
      accountDifferences(name, account, users.get(name), earlier.get(name)),
    ),
    ...before.users
      .filter(({ username }) => !expectation.accounts.has(username))
      .flatMap((stranger) => strangerDifferences(stranger, users.get(stranger.username))),
    ...after.users
      .filter(({ username }) => !expectation.accounts.has(username) && !earlier.has(username))
      .map(({ username }) => `${username}: has an account, but should have none`),
    ...welcomeDifferences(before, after, expectation),
    ...listDifferences('invited', before.invited, after.invited),
  ];
}

function differing(is: Shown, should: Shown): (keyof Shown)[] {
  const keys: (keyof Shown)[] = ['fullname', 'disabled', 'groups'];
  return keys.filter((key) => JSON.stringify(is[key]) !== JSON.stringify(should[key]));
}

function accountDifferences(
  name: string,
  account: ExpectedAccount,
  user: SimulatedUser | undefined,
  earlier: SimulatedUser | undefined,
): string[] {
  if (user === undefined) return [`${name}: should have an account, but has none`];
  const is = shown(user);
  const should = shown(account);
  const differences = differing(is, should).map(
    (key) => `${name}: ${key} is ${JSON.stringify(is[key])}, should be ${JSON.stringify(should[key])}`,
  );
  if (earlier !== undefined && untouched(user) !== untouched(earlier))
    differences.push(`${name}: other fields were ${untouched(earlier)}, are ${untouched(user)}`);
  if (earlier === undefined && !account.existed && user.attribs === undefined)
    differences.push(`${name}: was created without attribs, so its link wouldn't survive the loss of Redis`);
  return differences;
}

/** The fields that the directory has no say in. */
function untouched(user: SimulatedUser): string {
  const { fullname: _, disabled: __, groups: ___, ...rest } = user;
  return JSON.stringify(rest);
}

function strangerDifferences(before: SimulatedUser, after: SimulatedUser | undefined): string[] {
  if (after === undefined) return [`${before.username}: is a stranger, and is gone`];
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  return was === is ? [] : [`${before.username}: is a stranger; was ${was}, is ${is}`];
}

/** Each created account has got one welcome e-mail, nobody else any. */
function welcomeDifferences(before: SimulatedState, after: SimulatedState, expectation: Expectation): string[] {
  const names = new Set([...Object.keys(after.welcomeEmails), ...expectation.accounts.keys()]);
  return [...names].flatMap((name) => {
    const got = (after.welcomeEmails[name]?.length ?? 0) - (before.welcomeEmails[name]?.length ?? 0);
    const due = expectation.accounts.get(name)?.existed === false ? 1 : 0;
    return got === due ? [] : [`${name}: got ${got} welcome e-mails, should have got ${due}`];
  });
}

function listDifferences(what: string, before: readonly string[], after: readonly string[]): string[] {
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  return was === is ? [] : [`${what}: was ${was}, is ${is}`];
}

/** Whoever can't be synced is set aside with a reason, and nobody else. */
export function asideDifferences(
  is: readonly { name: string; reason: string }[],
  should: ReadonlyMap<string, Obstacle>,
  company: Organisation,
): string[] {
  const names = new Map([...should].map(([id, obstacle]) => [fullnameOf(company.person(id)), obstacle]));
  const missing = [...names].filter(([name]) => !is.some((one) => one.name === name));
  return [
    ...missing.map(([name, obstacle]) => `${name}: should be set aside (${obstacle}), but isn't`),
    ...is
      .filter(({ name }) => !names.has(name))
      .map(({ name, reason }) => `${name}: is set aside (${reason}), but shouldn't be`),
  ];
}
