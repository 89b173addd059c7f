/** What leaves the house: mail, name, groups, status and objectGUID; of everything else in the directory, nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimulatedCall } from '../support/simulator.ts';
import { directoryId, Stack } from '../support/stack.ts';
import { connector } from './held.ts';

/** Stands in every value of the directory that is nobody's business but the company's. */
const mark = 'In-House-Only';

/** What people have besides. */
const ofPeople = {
  userPrincipalName: `ann.${mark}@corp.internal`,
  sAMAccountName: `ann-${mark}`,
  proxyAddresses: [`SMTP:ann@company.test`, `smtp:${mark}@company.test`],
  employeeID: mark,
  description: `${mark} 1`,
  info: `${mark} 2`,
  title: `${mark} 3`,
  department: `${mark} 4`,
  telephoneNumber: `${mark} 5`,
  mobile: `${mark} 6`,
  streetAddress: `${mark} 7`,
  homeDirectory: `\\\\server\\${mark}`,
};
const ofGroups = { description: mark, info: `${mark} 8`, url: mark, sAMAccountName: `sales-${mark}` };
/** Read because `excludeUsers` and `excludeGroups` may name it; it stays in Redis. */
const readForExclusions = /ann-In-House-Only|sales-In-House-Only/g;

/** Every key that the data of these calls has, as `<command> <key>`. */
function keysIn(calls: readonly SimulatedCall[]): string[] {
  const entries = calls.flatMap(({ cmd, data }) =>
    [data].flat().flatMap((each: unknown): string[] => {
      if (typeof each !== 'object' || each === null) return [`${cmd} ${typeof each}`];
      const attribs = 'attribs' in each && typeof each.attribs === 'object' ? Object.keys(each.attribs ?? {}) : [];
      return [...Object.keys(each), ...attribs.map((key) => `attribs.${key}`)].map((key) => `${cmd} ${key}`);
    }),
  );
  return [...new Set(entries)].sort();
}

test('only mail, name, groups, status and objectGUID leave the house; no log names anybody', async () => {
  const lines: string[] = [];
  await using stack = await Stack.create({
    directory: (base) => ({ userBases: [`OU=Staff,${base}`], groupBases: [`OU=Groups,${base}`] }),
    policy: { memberships: 'all' },
    onLine: (_, line) => lines.push(line),
  });
  const { admin, domain, simulator, store, keys } = stack;
  for (const name of ['Staff', 'Groups']) await admin.createOu({ name });
  const ou = `OU=Staff,${domain.baseDn}`;
  const guid = await admin.createUser({ name: 'Ann', ou, mail: 'Ann@Company.test', displayName: 'Ann Lee' });
  const group = await admin.createGroup({ name: 'Sales', ou: `OU=Groups,${domain.baseDn}`, members: [`CN=Ann,${ou}`] });
  await admin.modify(guid, ofPeople);
  await admin.modify(group, ofGroups);
  stack.startAll();
  await stack.settled();
  await admin.modify(guid, { displayName: 'Ann B. Lee', mail: 'ann.lee@company.test' });
  await admin.removeMember(group, guid);
  await stack.settled();
  await admin.disable(guid);
  await stack.settled();
  await admin.enable(guid);
  await stack.settled();

  await stack.simulator.faults([{ kind: 'poison', usernames: ['ann@company.test'], error: 'No such user' }]);
  await admin.modify(guid, { displayName: 'Ann C. Lee' });
  await admin.createUser({ name: 'Bob', ou, mail: 'ann.lee@company.test' });
  await stack.settled();
  assert.match(await connector(stack, 'aside'), /No such user: ann@company\.test/);

  const calls = await simulator.calls();
  const created = calls.find(({ cmd }) => cmd === 'batchadd');
  assert.deepEqual(created?.data, [
    {
      username: 'ann@company.test',
      fullname: 'Ann Lee',
      groups: ['Sales'],
      attribs: { objectGUID: guid, directory: directoryId },
    },
  ]);
  assert.deepEqual(keysIn(calls), [
    'batchadd attribs',
    'batchadd attribs.directory',
    'batchadd attribs.objectGUID',
    'batchadd fullname',
    'batchadd groups',
    'batchadd username',
    'batchchangegrp add',
    'batchchangegrp del',
    'batchchangegrp username',
    'disableuser string',
    'enableuser string',
    'getuserdata pageindex',
    'getuserdata pagesize',
    'getuserdata username',
    'updateemail newemail',
    'updateemail oldemail',
    'updateuser fullname',
    'updateuser username',
  ]);
  assert.ok(!JSON.stringify(calls).includes(mark), 'LastPass was told');

  const { generation } = JSON.parse((await store.redis.get(keys.directory(directoryId).mirrorState)) ?? '').current;
  const mirrored = await store.redis.hgetall(keys.directory(directoryId).mirror(generation).objects);
  const kept = JSON.stringify(mirrored);
  assert.ok(kept.includes('Ann C. Lee'), 'the mirror was looked at');
  assert.ok(!kept.replace(readForExclusions, '').includes(mark), 'Redis keeps what nobody needs');

  const log = lines.join('\n');
  assert.match(log, /the full read of corp is complete/);
  assert.match(log, /LastPass refuses updateuser: No such user: \(address\)/);
  for (const secret of [mark, 'ann@company.test', 'ann.lee@company.test', 'Ann Lee', 'Ann B. Lee', 'Ann C. Lee'])
    assert.ok(!log.toLowerCase().includes(secret.toLowerCase()), `the log tells ${secret}`);
});
