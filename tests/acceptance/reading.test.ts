/** What a domain controller may tell of the past: too little, because it has forgotten it, or all of it again. Nobody leaves by either. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import { controlOf, controlOid, sequence, sequenceIn } from '../support/ldap/messages.ts';
import { dirSyncOf, withControl } from '../support/ldap/search.ts';
import { collectTombstones } from '../support/samba/tombstones.ts';
import { directoryId } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { connector, heldPeople } from './held.ts';
import { HundredPeople, mailOf, sales } from './hundred-people.ts';

let proxy: LdapProxy;
let people: HundredPeople;

before(async () => {
  people = await HundredPeople.create({
    front: async (domain) => {
      proxy = await LdapProxy.start(domain, {});
      return proxy;
    },
  });
});
after(() => people?.[Symbol.asyncDispose]());

test('a cookie that is accepted and answered with everything from the beginning: nothing changes by it', async () => {
  const { stack } = people;
  let told = 0;
  proxy.limits = {
    ask: (request) => {
      if ((dirSyncOf(request)?.cookie.length ?? 0) === 0) return request;
      const { numbers } = sequenceIn(controlOf(request, controlOid.dirSync)?.value ?? Buffer.of());
      return withControl(request, controlOid.dirSync, sequence(numbers[0] ?? 0, numbers[1] ?? 0, Buffer.of()));
    },
    answer: (request, answer) => {
      if (dirSyncOf(request) !== null) told = Math.max(told, answer.entries.length);
      return answer;
    },
  };
  const { completed } = await stack.cursor();
  await people.joinerIsCreated();
  await stack.settled();
  assert.ok(told > 100, `${told} objects told at once`);
  assert.equal((await stack.cursor()).completed, completed, 'it was no full read of ours');
  await people.assertAllIsWell();
  proxy.limits = {};
});

test('a base that was renamed: its people stay, changes are read on, and the next full read tells what is to be configured', async () => {
  const { stack } = people;
  const { completed } = await stack.cursor();
  await stack.admin.rename(people.dn('OU=Company'), 'Firm');
  await stack.store.redis.hset(stack.keys.requests, 'full-read', 'after the base was renamed');
  const watcher = stack.service('watcher');
  const told = new RegExp(`userBases: .* knows no ${people.dn('OU=Company')}`);
  await waitUntil('the watcher to tell', () => watcher.lines.some((line) => told.test(line)), { withinMs: 40_000 });
  await stack.admin.modify(people.dn('OU=Firm'), { description: 'renamed' });
  await stack.settled();
  assert.equal((await stack.cursor()).completed, completed);
  await people.assertAllIsWell();
  await stack.admin.rename(people.dn('OU=Firm'), 'Company');
  await stack.settled();
});

test('a base that was renamed, and an entry of the log that is lost: all is read again without it, its people are held, and others follow', async () => {
  const { stack } = people;
  const keys = stack.keys.directory(directoryId);
  const { redis } = stack.store;
  const isFrozen = async () => JSON.parse((await redis.get(keys.mirrorState)) ?? '{}').gap as boolean;
  await stack.stop('reconciler');
  const before = await stack.cursor();
  await stack.admin.rename(people.dn('OU=Company'), 'Firm');
  await waitUntil('the entry', async () => (await stack.cursor()).sequence > before.sequence);
  assert.ok((await redis.del(keys.log)) > 0);
  stack.start('reconciler');
  await stack.admin.createOu({ name: 'next' }); // what shows that an entry before it is missing
  const hasReadAll = async () => (await stack.cursor()).completed > before.completed && !(await isFrozen());
  await waitUntil('all to be read, and the mirror to follow again', hasReadAll, { withinMs: 40_000 });
  await stack.settled();
  assert.equal((await heldPeople(stack)).size, await redis.hlen(stack.keys.links));
  await people.assertOnlyJoinersChanged();
  await stack.admin.rename(people.dn('OU=Firm'), 'Company');
  await stack.readDirectoryAgain();
  await stack.settled();
  await people.assertAllIsWell();
});

test('people deleted while nobody watched, their tombstones collected since: they are held, and a release disables them', async () => {
  const { stack } = people;
  const gone = sales.slice(0, 3); // few enough for the guard to let leavers pass
  await stack.stop('watcher');
  for (const name of gone) await stack.admin.delete(people.dnOf(name));
  await collectTombstones(stack.domain);
  const halfAYearAgo = Date.now() - 200 * 86_400_000;
  const cursor = { ...(await stack.cursor()), completedAtMs: halfAYearAgo };
  await stack.store.redis.set(stack.keys.directory(directoryId).cursor, JSON.stringify(cursor));
  stack.start('watcher');
  await waitUntil('a full read by itself', async () => (await stack.cursor()).completedAtMs > halfAYearAgo, {
    withinMs: 40_000,
  });
  await stack.settled();
  const held = await heldPeople(stack);
  assert.deepEqual([...held.keys()].sort(), gone.map(mailOf));
  for (const { heldBecause } of held.values())
    assert.match(heldBecause, /not proved deleted: .* deleted so long ago that AD has forgotten it/);
  await people.assertOnlyJoinersChanged();
  await connector(stack, 'release', '--all');
  await stack.settled();
  assert.deepEqual(await people.disabled(), gone.map(mailOf));
});
