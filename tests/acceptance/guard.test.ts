/** The guard: leavers in numbers wait for a person's word, and nobody else waits with them. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { mailOf, ous, personId } from './company.ts';
import type { Id, Operation } from './directory-model.ts';
import { connector, heldPeople } from './held.ts';
import { idleGuard, usernamesIn, World } from './world.ts';

/** People besides the company's: in the filter by nothing but their own membership. */
const staff = Array.from({ length: 20 }, (_, index) => `s${index}`);
const hired: readonly Operation[] = staff.flatMap((person): Operation[] => [
  { kind: 'create-person', person, cn: `Staff ${person}`, ou: ous.people, mail: mailOf(person) },
  { kind: 'add-member', group: 'g-staff', member: person },
]);
const worldOf = async (guard: object): Promise<World> => {
  const world = await World.create({ guard });
  await world.perform(...hired);
  world.stack.startAll();
  await world.stack.settled();
  return world;
};
/** One has lost access in the first sync already: an adopted account whose person is disabled. It counts for an hour. */
const earlier = 1;
const limits = { maxLeavers: earlier + 10, maxLeaversPercent: 5, maxLeaversHard: 50 };
/** In Partners, and in no other group of the filter. */
const partner = personId(4);
const leave = (person: Id): Operation => ({ kind: 'remove-member', group: 'g-staff', member: person });
const mails = (people: readonly Id[]): string[] => people.map(mailOf).sort();

/** Makes changes that the watcher will read as one. */
async function performAtOnce(world: World, operations: readonly Operation[]): Promise<void> {
  await world.stack.stop('watcher');
  await world.perform(...operations);
  world.stack.start('watcher');
  await world.stack.settled();
}

const heldNames = async ({ stack }: World): Promise<string[]> => [...(await heldPeople(stack)).keys()].sort();

/** Which of these have lost access. */
async function disabledOf(world: World, people: readonly Id[]): Promise<string[]> {
  const wanted = mails(people);
  const { users } = await world.stack.simulator.state();
  return users.flatMap(({ username, disabled }) => (disabled && wanted.includes(username) ? [username] : [])).sort();
}

describe('more leavers than the limits', () => {
  let world: World;
  const leavers = staff.slice(0, 12);
  const [released, returning, rejectedA, rejectedB] = [staff[0], staff[1], staff[2], staff[3]] as [Id, Id, Id, Id];
  before(async () => {
    world = await worldOf(limits);
  });
  after(() => world[Symbol.asyncDispose]());

  it('are all held, with names and reasons; none is delivered, and everything else goes on', async () => {
    await performAtOnce(world, [
      ...leavers.slice(0, 4).map(leave),
      ...leavers.slice(4, 8).map((person): Operation => ({ kind: 'disable', person })),
      ...leavers.slice(8).map((person): Operation => ({ kind: 'delete', person })),
      { kind: 'modify', person: personId(0), displayName: 'Renamed Meanwhile' },
      { kind: 'create-person', person: 'new', cn: 'New', ou: ous.people, mail: mailOf('new') },
      { kind: 'add-member', group: 'g-staff', member: 'new' },
    ]);
    const held = await heldPeople(world.stack);
    assert.deepEqual([...held.keys()].sort(), mails(leavers));
    assert.deepEqual(
      [...held.values()].flatMap(({ steps }) => steps.map(({ kind }) => kind)),
      leavers.map(() => 'disable'),
    );
    for (const { heldBecause, steps } of held.values()) {
      assert.match(heldBecause, /\b13\b.*\b11\b/);
      assert.ok(steps.every(({ because }) => because !== ''));
    }
    assert.deepEqual(await disabledOf(world, leavers), []);
    assert.equal((await world.accountOf(mailOf(personId(0))))?.fullname, 'Renamed Meanwhile');
    assert.equal((await world.accountOf(mailOf('new')))?.disabled, false);
  });

  it('stay held through a full read and a restart of all services', async () => {
    await world.readEverythingAgain();
    await world.stack.stopAll();
    world.stack.startAll();
    await world.readEverythingAgain();
    assert.deepEqual(await heldNames(world), mails(leavers));
    assert.deepEqual(await disabledOf(world, leavers), []);
  });

  it('a release of one does that step to that person only', async () => {
    const since = await world.stack.simulator.lastCall();
    await connector(world.stack, 'release', mailOf(released));
    await waitUntil('the released one to be disabled', async () => (await disabledOf(world, [released])).length === 1);
    await world.stack.settled();
    assert.deepEqual((await world.stack.simulator.writes(since)).flatMap(usernamesIn), mails([released]));
    assert.deepEqual(await heldNames(world), mails(leavers.filter((person) => person !== released)));
  });

  it('someone held who is back drops off the list', async () => {
    await world.perform({ kind: 'add-member', group: 'g-staff', member: returning });
    await world.stack.settled();
    assert.ok(!(await heldNames(world)).includes(mailOf(returning)));
    assert.deepEqual(await disabledOf(world, leavers), mails([released]));
  });

  it('the rejected keep what they have, through a full read too', async () => {
    await connector(world.stack, 'reject', mailOf(rejectedA), mailOf(rejectedB));
    await world.readEverythingAgain();
    const names = await heldNames(world);
    assert.deepEqual(names, mails(leavers.slice(4)));
    assert.deepEqual(await disabledOf(world, leavers), mails([released]));
  });

  it('a rejected one who is renamed is renamed, and not disabled', async () => {
    await world.perform({ kind: 'modify', person: rejectedA, displayName: 'Rejected' });
    await world.stack.settled();
    assert.equal((await world.accountOf(mailOf(rejectedA)))?.disabled, false);
  });

  it('a release of all lets the others go', async () => {
    await connector(world.stack, 'release', '--all');
    await world.stack.settled();
    assert.deepEqual(await heldNames(world), []);
    assert.deepEqual(await disabledOf(world, leavers), mails([released, ...leavers.slice(4)]));
  });

  it('a rejected one who comes back and leaves again is judged anew', async () => {
    await world.perform({ kind: 'add-member', group: 'g-staff', member: rejectedB });
    await world.stack.settled();
    await world.perform(leave(rejectedB));
    await world.settle();
    assert.deepEqual(await disabledOf(world, [rejectedB]), mails([rejectedB]));
  });
});

describe('leavers of the last hour', () => {
  it('count: ten pass one by one, the eleventh is held', async () => {
    await using world = await worldOf(limits);
    for (const [index, person] of staff.slice(0, 10).entries()) {
      await world.perform(index % 2 === 0 ? leave(person) : { kind: 'delete', person });
      await world.stack.settled();
    }
    assert.deepEqual(await heldNames(world), []);
    assert.deepEqual(await disabledOf(world, staff), mails(staff.slice(0, 10)));
    await world.perform(leave(staff[10] as Id));
    await world.stack.settled();
    assert.deepEqual(await heldNames(world), mails([staff[10] as Id]));
    assert.deepEqual(await disabledOf(world, staff), mails(staff.slice(0, 10)));
  });
});

describe('the limits', () => {
  it('a share that is small enough passes, more than the hard limit never does', async () => {
    await using world = await worldOf({ maxLeavers: 2, maxLeaversPercent: 100, maxLeaversHard: earlier + 6 });
    await performAtOnce(world, staff.slice(0, 6).map(leave));
    assert.deepEqual(await heldNames(world), []);
    assert.deepEqual(await disabledOf(world, staff), mails(staff.slice(0, 6)));
    await world.perform(leave(staff[6] as Id));
    await world.stack.settled();
    assert.deepEqual(await heldNames(world), mails([staff[6] as Id]));
  });

  it('one nested group taken out of the filter is as many leavers as it has people', async () => {
    await using world = await worldOf({ maxLeavers: 3, maxLeaversPercent: 5, maxLeaversHard: 50 });
    const before = await world.stack.simulator.state();
    await world.perform({ kind: 'remove-member', group: 'g-staff', member: 'g-engineering' });
    await world.stack.settled();
    const held = await heldNames(world);
    assert.ok(held.length > 3, `${held.length} held`);
    assert.deepEqual((await world.stack.simulator.state()).users, before.users);
    await world.settle();
    await world.assertConverged();
  });
});

describe('whatever the limits', () => {
  it('leavers of a changed filter are held until a full read under it is planned; afterwards leavers pass again', async () => {
    await using world = await worldOf(idleGuard);
    const before = await world.stack.simulator.state();
    const policy = { groupFilter: ['Staff'], memberships: 'all', guard: idleGuard };
    await world.stack.configure({ policy });
    await world.stack.stopAll();
    world.stack.startAll();
    await world.readEverythingAgain();
    const held = await heldPeople(world.stack);
    assert.ok(held.has(mailOf(partner)), `${[...held.keys()]} are held`);
    assert.deepEqual((await world.stack.simulator.state()).users, before.users);
    await connector(world.stack, 'release', '--all');
    await world.stack.settled();
    assert.deepEqual(await disabledOf(world, [partner]), mails([partner]));
    await world.perform(leave(staff[0] as Id));
    await world.stack.settled();
    assert.deepEqual(await disabledOf(world, staff), mails(staff.slice(0, 1)));
  });

  it('a group that loses more than 10, and more than half of its members, at once keeps them until someone says so', async () => {
    await using world = await worldOf(idleGuard);
    const members = staff.slice(0, 12);
    await world.perform(...members.map((member): Operation => ({ kind: 'add-member', group: 'g-zuerich', member })));
    await world.settle();
    await world.perform(
      { kind: 'delete-group', group: 'g-zuerich' },
      { kind: 'modify', person: staff[15] as Id, displayName: 'Renamed Meanwhile' },
    );
    await world.stack.settled();
    assert.deepEqual(await heldNames(world), mails(members));
    assert.deepEqual((await world.stack.simulator.state()).groups['Zürich']?.toSorted(), mails(members));
    assert.equal((await world.accountOf(mailOf(staff[15] as Id)))?.fullname, 'Renamed Meanwhile');
    await connector(world.stack, 'release', '--all');
    await world.settle();
    assert.deepEqual((await world.stack.simulator.state()).groups['Zürich'], []);
    await world.assertConverged();
  });
});
