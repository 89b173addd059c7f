/**
 * The running connector under Windows' limits, imposed on a Samba domain by a proxy, and tighter than Windows' own: nobody is
 * missed, no member of a large group is lost, no leaver is invented, and what was cut short goes on by itself.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import { type Limits, windowsLimits } from '../support/ldap/limits.ts';
import { isSearch, resultCode, tooBusy } from '../support/ldap/refusals.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { idleGuard } from './world.ts';

const headcount = 2_500;
const limits: Limits = { ...windowsLimits, maxPageSize: 300, dirSyncPage: { entries: 100, values: 400 } };

let proxy: LdapProxy;
let stack: Stack;
let ou: string;
const personDn = (number: number) => `CN=P${number},${ou}`;
const mailOf = (number: number) => `p${number}@example.test`;
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

before(async () => {
  stack = await Stack.create({
    front: async (domain) => {
      proxy = await LdapProxy.start(domain, limits);
      return proxy;
    },
    policy: { groupFilter: ['Everybody'], guard: idleGuard },
    ldif: (base) => {
      ou = `OU=Staff,${base}`;
      const people = numbers(0, headcount).map(
        (number) =>
          `dn: ${personDn(number)}\nobjectClass: user\nsAMAccountName: p${number}\nuserAccountControl: 544\nmail: ${mailOf(number)}\n`,
      );
      const members = numbers(0, headcount).map((number) => `member: ${personDn(number)}\n`);
      const group = `dn: CN=Everybody,${ou}\nobjectClass: group\nsAMAccountName: everybody\n${members.join('')}`;
      return [`dn: ${ou}\nobjectClass: organizationalUnit\n`, ...people, group].join('\n');
    },
  });
  stack.startAll();
  await stack.settled({ withinMs: 120_000 });
});

after(() => stack?.[Symbol.asyncDispose]());

/** Who has an account that isn't disabled, and the group Everybody, by number. */
async function atLastPass() {
  const { users, groups } = await stack.simulator.state();
  const numberOf = (username: string) => Number(/^p(\d+)@/.exec(username)?.[1]);
  const sorted = (names: readonly string[]) => names.map(numberOf).sort((a, b) => a - b);
  return {
    accounts: sorted(users.map(({ username }) => username)),
    enabled: sorted(users.filter(({ disabled }) => !disabled).map(({ username }) => username)),
    everybody: sorted(groups['Everybody'] ?? []),
  };
}

/** Makes a change that LastPass must show. */
async function changeArrives(): Promise<void> {
  const displayName = `Changed ${performance.now()}`;
  await stack.admin.modify(personDn(headcount - 1), { displayName });
  await waitUntil('the change at LastPass', async () =>
    (await stack.simulator.state()).users.some(({ fullname }) => fullname === displayName),
  );
}

/** Fails when anything is written meanwhile that isn't a change of name. */
async function onlyNamesChange(act: () => Promise<void>): Promise<void> {
  const since = await stack.simulator.lastCall();
  await act();
  const others = (await stack.simulator.writes(since)).filter(({ cmd }) => cmd !== 'updateuser');
  assert.deepEqual(others, []);
}

const watcherSays = (pattern: RegExp) =>
  waitUntil(`the watcher to say ${pattern}`, () => pattern.test(stack.service('watcher').output));

it('the first sync brings everybody of a group of 2,500', async () => {
  assert.deepEqual(await atLastPass(), {
    accounts: numbers(0, headcount),
    enabled: numbers(0, headcount),
    everybody: numbers(0, headcount),
  });
});

it('1,100 members who leave, told in several answers, are disabled, and nobody else', async () => {
  await stack.admin.modify(`CN=Everybody,${ou}`, { member: numbers(1_100, headcount).map(personDn) });
  await stack.settled({ withinMs: 120_000 });
  assert.deepEqual((await atLastPass()).enabled, numbers(1_100, headcount));
});

it('they come back as 1,100 new members, told in several answers', async () => {
  await stack.admin.modify(`CN=Everybody,${ou}`, { member: numbers(0, headcount).map(personDn) });
  await stack.settled({ withinMs: 120_000 });
  assert.deepEqual((await atLastPass()).enabled, numbers(0, headcount));
});

describe('goes on by itself, and takes nobody for gone,', () => {
  it('when idle connections are closed: from the cookie, without reading everything again', async () => {
    const { completed } = await stack.cursor();
    await onlyNamesChange(async () => {
      proxy.limits = { ...limits, maxConnIdleMs: 700 };
      proxy.breakConnections(); // those that stand were opened under another limit
      await watcherSays(/MaxConnIdleTime/);
      await changeArrives();
      proxy.limits = limits;
      await changeArrives();
    });
    assert.equal((await stack.cursor()).completed, completed);
  });

  for (const status of [resultCode.busy, resultCode.unavailable] as const)
    it(`when the server answers ${status} in the midst of reading everything`, async () => {
      await onlyNamesChange(async () => {
        let passing = 4;
        proxy.limits = {
          ...limits,
          refuse: (request) => (isSearch(request) && passing-- <= 0 ? tooBusy(status) : null),
        };
        await Promise.all([
          stack.readDirectoryAgain(),
          watcherSays(new RegExp(`LDAP ${status}`)).then(() => {
            proxy.limits = limits;
          }),
        ]);
        await changeArrives();
        await stack.settled();
      });
      assert.deepEqual((await atLastPass()).enabled, numbers(0, headcount));
    });

  it('when the server refuses to be signed in to for a while', async () => {
    await onlyNamesChange(async () => {
      proxy.limits = { ...limits, refuse: (request) => (isSearch(request) ? null : tooBusy(resultCode.unavailable)) };
      proxy.breakConnections();
      await watcherSays(/signing in at .*LDAP 52/);
      proxy.limits = limits;
      await changeArrives();
    });
  });

  it('when it is told that the server goes down', async () => {
    await onlyNamesChange(async () => {
      proxy.giveNotice();
      await watcherSays(/the server is going down/);
      await changeArrives();
    });
  });
});
