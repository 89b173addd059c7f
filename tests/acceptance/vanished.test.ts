/**
 * Thirty of a hundred people vanish from what the connector reads, in each way that has emptied tenants before. Nobody loses
 * anything until a person has released them, and whoever joins meanwhile has an account.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import { controlOid, sequence } from '../support/ldap/messages.ts';
import { pageOf, withControl } from '../support/ldap/search.ts';
import { allowReading, denyReading } from '../support/samba/reading-right.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector, heldPeople } from './held.ts';
import { HundredPeople, mailOf, policy, sales } from './hundred-people.ts';

const tooMany =
  /^30 people would lose access within an hour, more than maxLeavers \(10\) and more than 5 % of 10\d linked people$/;

test('bad filter: groupFilter names one of its groups wrongly', async () => {
  await using people = await HundredPeople.create();
  const { stack } = people;
  await stack.configure({ policy: { ...policy, groupFilter: ['Slaes', 'Berlin'] } });
  await people.restartAndRead();
  await people.joinerIsCreated();
  await people.assertHeld({
    because: /^left the group filter \(Slaes, Berlin\)$/,
    heldBecause: /^groupFilter names Slaes, which the directory doesn't have$/,
  });

  await stack.configure({ policy });
  await people.restartAndRead();
  await people.assertAllIsWell();
});

test('emptied OU: everybody is moved out of it; five who are released are disabled, the others come back and drop off', async () => {
  await using people = await HundredPeople.create();
  const { stack } = people;
  await stack.stop('watcher'); // so that all of it is one read
  for (const name of sales) await stack.admin.move(people.dnOf(name), people.dn('OU=Elsewhere'));
  stack.start('watcher');
  await people.joinerIsCreated();
  await stack.settled();
  await people.assertHeld({ because: /^is not under any of userBases$/, heldBecause: tooMany });

  const five = sales.slice(0, 5).map(mailOf);
  await connector(stack, 'release', ...five);
  await stack.settled();
  assert.deepEqual(await people.disabled(), five);
  for (const name of sales.slice(5))
    await stack.admin.move(people.dn(`CN=${name},OU=Elsewhere`), people.dn('OU=Sales,OU=Company'));
  await stack.settled();
  assert.equal((await heldPeople(stack)).size, 0);
  assert.deepEqual(await people.disabled(), five);
});

test('moved OU: it lies outside the bases from one moment to the next', async () => {
  await using people = await HundredPeople.create();
  const { stack } = people;
  await stack.admin.move(people.dn('OU=Sales,OU=Company'), people.dn('OU=Elsewhere'));
  await people.joinerIsCreated();
  await stack.settled();
  await people.assertHeld({ because: /^is not under any of userBases$/, heldBecause: tooMany });
  await stack.readDirectoryAgain();
  await people.assertHeld({ because: /^is not under any of userBases$/, heldBecause: tooMany });

  await stack.admin.move(people.dn('OU=Sales,OU=Elsewhere'), people.dn('OU=Company'));
  await stack.settled();
  await people.assertAllIsWell();
});

test('lost read right: an OU and all in it are hidden from the service account, from changes, full reads and look-ups alike', async () => {
  await using people = await HundredPeople.create();
  const { stack } = people;
  const right = {
    domain: stack.domain,
    account: people.dn('CN=svc-lastpass,CN=Users'),
    object: people.dn('OU=Sales,OU=Company'),
  };
  await denyReading(right);
  await stack.admin.modify(people.dnOf('p000'), { displayName: 'Hidden' });
  await people.joinerIsCreated();
  await stack.settled();
  await people.assertAllIsWell(); // so far nobody is missed
  await stack.readDirectoryAgain();
  const absent = {
    because: /^is missing from a complete read of Active Directory$/,
    heldBecause: /not proved deleted: the service account may have lost the right to read them/,
  };
  await people.assertHeld(absent);
  await people.joinerIsCreated();
  await stack.readDirectoryAgain(); // missing from the read in use, too, they are still not taken for deleted
  await people.assertHeld(absent);

  await allowReading(right);
  await stack.admin.modify(people.dnOf('p000'), { displayName: 'Person p000' });
  await stack.readDirectoryAgain();
  await people.assertAllIsWell();
});

test('half a read: the connection breaks, a limit is reached, or the pages end early and say nothing of it', async () => {
  let proxy: LdapProxy | undefined;
  const pages = { maxPageSize: 50 };
  await using people = await HundredPeople.create({
    front: async (domain) => {
      proxy = await LdapProxy.start(domain, pages);
      return proxy;
    },
  });
  assert.ok(proxy);
  const front = proxy;
  const { stack } = people;
  const isLaterPage = (request: Parameters<typeof pageOf>[0]) => (pageOf(request)?.cookie.length ?? 0) > 0;
  const completed = async () => (await stack.cursor()).completed;
  const cutShort = async ({ told }: { told: RegExp }) => {
    const before = await completed();
    await stack.store.redis.hset(stack.keys.requests, 'full-read', `cut short ${before} ${told}`);
    const watcher = stack.service('watcher');
    await waitUntil('the watcher to tell', () => watcher.lines.some((line) => told.test(line)), {
      withinMs: 40_000,
    });
    await people.joinerIsCreated();
    assert.equal(await completed(), before, 'half a read counts as one');
    await people.assertAllIsWell();
    front.limits = pages;
    await waitUntil('a whole read', async () => (await completed()) > before, { withinMs: 30_000 });
    await stack.settled();
    await people.assertAllIsWell();
  };

  front.limits = {
    ...pages,
    refuse: (request) => {
      if (isLaterPage(request)) front.breakConnections();
      return null;
    },
  };
  await cutShort({ told: /closed the connection/ });
  const sizeLimit = { status: 4, errorMessage: '00002023: SvcErr: the size limit was reached' };
  front.limits = { ...pages, refuse: (request) => (isLaterPage(request) ? sizeLimit : null) };
  await cutShort({
    told: /LDAP 4 sizeLimitExceeded: .*the size limit was reached\); the answer was cut short and is not used/,
  });

  // All that the domain controller gives is the first page, and it says that this is everything: the others are looked up.
  let shortPages = 0;
  front.limits = {
    ...pages,
    answer: (request, answer) => {
      if (pageOf(request) === null) return answer;
      shortPages++;
      return { ...answer, end: withControl(answer.end, controlOid.pages, sequence(0, Buffer.of())) };
    },
  };
  await stack.readDirectoryAgain();
  assert.equal(shortPages, 1);
  await people.joinerIsCreated();
  await people.assertAllIsWell();
});

test('wrong base: userBases names an OU that has the others only, or one that there is none of', async () => {
  await using people = await HundredPeople.create();
  const { stack } = people;
  const mistyped = people.dn('OU=Slaes,OU=Company');
  await stack.configureDirectory({ userBases: [mistyped, people.dn('OU=Berlin,OU=Company')] });
  await people.restartAndRead();
  const watcher = stack.service('watcher');
  const told = new RegExp(`userBases: .* knows no ${mistyped}`);
  await waitUntil('the watcher to name the base', () => watcher.lines.some((line) => told.test(line)));
  await people.joinerIsCreated();
  await stack.readDirectoryAgain(); // the read of the new policy is planned by now: it isn't what holds them
  await people.joinerIsCreated();
  await people.assertHeld({
    because: /^is not under any of userBases$/,
    heldBecause: new RegExp(`^userBases names ${mistyped}, which the directory doesn't have$`),
  });

  await stack.configureDirectory({ userBases: [people.dn('OU=Company')] });
  await people.restartAndRead();
  await people.assertAllIsWell();

  await stack.configureDirectory({ userBases: [people.dn('OU=Berlin,OU=Company')] });
  await people.restartAndRead();
  await people.joinerIsCreated();
  await people.assertHeld({
    because: /^is not under any of userBases$/,
    heldBecause:
      /^the policy, a filter or a base has changed, and nobody leaves before a complete read under it is planned$/,
  });

  await stack.configureDirectory({ userBases: [people.dn('OU=Company')] });
  await people.restartAndRead();
  await people.joinerIsCreated();
  await people.assertAllIsWell();
});
