/** Where people and groups are looked for: any number of bases below different roots, one within another, or the domain's root. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { heldPeople } from './held.ts';

const mailOf = (name: string) => `${name}@example.test`;

/** Person → OU, by the OU's DN without the domain's. */
const people = {
  ann: 'OU=Berlin',
  ben: 'OU=Sales,OU=Berlin',
  cem: 'OU=Lab,OU=Paris,OU=France',
  dan: 'OU=Paris,OU=France',
  eve: 'OU=France',
  fay: 'OU=Elsewhere',
  gus: 'CN=Users',
} as const;
const ous = ['Berlin', 'Sales,OU=Berlin', 'France', 'Paris,OU=France', 'Lab,OU=Paris,OU=France', 'Elsewhere', 'Teams'];
const groups = { Chess: 'OU=Teams', Choir: 'OU=Sales,OU=Berlin', Hidden: 'OU=Elsewhere' } as const;

const ldif = (base: string) =>
  [
    ...ous.map((ou) => `dn: OU=${ou},${base}\nobjectClass: organizationalUnit\n`),
    ...Object.entries(people).map(
      ([name, ou]) =>
        `dn: CN=${name},${ou},${base}\nobjectClass: user\nsAMAccountName: ${name}\nmail: ${mailOf(name)}\nuserAccountControl: 544\n`,
    ),
    ...Object.entries(groups).map(([name, ou]) =>
      [
        `dn: CN=${name},${ou},${base}\nobjectClass: group\nsAMAccountName: ${name}`,
        ...['ann', 'ben', 'dan'].map(
          (member) => `member: CN=${member},${people[member as keyof typeof people]},${base}`,
        ),
        '',
      ].join('\n'),
    ),
  ].join('\n');

const policy = { memberships: 'all' } as const;

async function accounts({ simulator }: Stack) {
  const { users } = await simulator.state();
  return new Map(users.map((user) => [user.username.split('@')[0] ?? '', user]));
}
const enabled = async (stack: Stack) =>
  [...(await accounts(stack))].flatMap(([name, { disabled }]) => (disabled ? [] : [name])).sort();

test('bases below different roots, one within another: whoever lies below any of them is in scope, once', async () => {
  await using stack = await Stack.create({
    ldif,
    policy,
    directory: (base) => ({
      userBases: [`OU=Berlin,${base}`, `OU=Paris,OU=France,${base}`, `ou=lab, ou=Paris,OU=France,${base}`],
      groupBases: [`OU=Teams,${base}`, `OU=Sales,OU=Berlin,${base}`],
    }),
  });
  const { admin, domain, simulator } = stack;
  const dn = (place: string) => `${place},${domain.baseDn}`;
  stack.startAll();
  await stack.settled();
  assert.deepEqual(await enabled(stack), ['ann', 'ben', 'cem', 'dan']);
  assert.deepEqual([...((await accounts(stack)).get('dan')?.groups ?? [])].sort(), ['Chess', 'Choir']);
  assert.deepEqual(
    Object.keys((await simulator.state()).welcomeEmails).sort(),
    ['ann', 'ben', 'cem', 'dan'].map(mailOf),
  );

  // To another root, out of the inner base into the outer, and a base under another name elsewhere: nobody has left.
  const since = await simulator.lastCall();
  await admin.move(dn(`CN=ann,${people.ann}`), dn('OU=Lab,OU=Paris,OU=France'));
  await admin.move(dn(`CN=cem,${people.cem}`), dn('OU=Paris,OU=France'));
  await admin.rename(dn('OU=Paris,OU=France'), 'Paris, Rive Gauche');
  await admin.move(dn('OU=Berlin'), dn('OU=Elsewhere'));
  await stack.settled();
  assert.deepEqual(await simulator.writes(since), []);

  await admin.move(dn('CN=cem,OU=Paris\\, Rive Gauche,OU=France'), dn('OU=France'));
  await admin.move(dn(`CN=fay,${people.fay}`), dn('OU=Sales,OU=Berlin,OU=Elsewhere'));
  await stack.settled();
  assert.deepEqual(await enabled(stack), ['ann', 'ben', 'dan', 'fay']);
  assert.equal((await heldPeople(stack)).size, 0);
});

test("without bases, the domain's root is one, as the domain controller tells it", async () => {
  await using stack = await Stack.create({ ldif, policy });
  stack.startAll();
  await stack.settled();
  assert.deepEqual(await enabled(stack), Object.keys(people));
  assert.deepEqual([...((await accounts(stack)).get('ann')?.groups ?? [])].sort(), ['Chess', 'Choir', 'Hidden']);
});

test('bases that are not there are all told, each with its key, and nobody is touched', async () => {
  await using stack = await Stack.create({
    ldif,
    policy,
    directory: (base) => ({
      userBases: [`OU=Berlin,${base}`, `OU=Rome,${base}`, `OU=Paris,${base}`],
      groupBases: [`OU=Squads,${base}`],
    }),
  });
  stack.startAll();
  const watcher = stack.service('watcher');
  const line = await waitUntil('the problem', () => watcher.lines.find((each) => each.includes('OU=Rome')), {
    withinMs: 45_000,
  });
  for (const [key, ou] of [
    ['userBases', 'Rome'],
    ['userBases', 'Paris'],
    ['groupBases', 'Squads'],
  ])
    assert.ok(line.includes(`${key}: ${stack.domain.ldapsUrl} knows no OU=${ou},${stack.domain.baseDn}, or`), line);
  assert.deepEqual(await stack.simulator.writes(), []);
});

test('bases that are not there yet: nobody leaves a group for want of one, and all is read again once there is one', async () => {
  await using stack = await Stack.create({
    ldif,
    policy,
    directory: (base) => ({ userBases: [`OU=Berlin,${base}`], groupBases: [`OU=Teams,${base}`] }),
  });
  const { admin, domain, simulator } = stack;
  stack.startAll();
  await stack.settled();
  const since = await simulator.lastCall();
  await stack.stopAll();
  await stack.configureDirectory({
    userBases: [`OU=Berlin,${domain.baseDn}`, `OU=Rome,${domain.baseDn}`],
    groupBases: [`OU=Squads,${domain.baseDn}`],
  });
  const { completed } = await stack.cursor();
  stack.startAll();
  await waitUntil('a full read without them', async () => (await stack.cursor()).completed > completed);
  await stack.settled();
  assert.deepEqual(await simulator.writes(since), []);

  await admin.createOu({ name: 'Rome' });
  await admin.createUser({ name: 'ida', ou: `OU=Rome,${domain.baseDn}`, mail: mailOf('ida') });
  await waitUntil('the account of ida', async () => (await accounts(stack)).has('ida'), { withinMs: 75_000 });
  assert.deepEqual(await enabled(stack), ['ann', 'ben', 'ida']);
  assert.deepEqual((await accounts(stack)).get('ann')?.groups, ['Chess']);
});
