/**
 * Another domain controller answers than before, and knows other things: nobody is lost, nobody is removed, and whoever is
 * proved to have left there is delivered.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { connector, heldPeople } from './held.ts';
import { mailOf, TwoControllers } from './two-controllers.ts';

/** Whom the guard holds, by the part before the @, with the reason. */
async function held({ stack }: TwoControllers): Promise<Map<string, string>> {
  const people = await heldPeople(stack);
  return new Map([...people].map(([username, { heldBecause }]) => [username.split('@')[0] ?? '', heldBecause]));
}

const isDisabled = async (two: TwoControllers, name: string) => (await two.account(name))?.disabled === true;

test('the other controller lags behind: it is read in full, a deletion there is delivered, and nobody leaves by what it lacks', async () => {
  await using two = await TwoControllers.create({ database: 'own' });
  const { stack, first, second } = two;
  await second.start();
  stack.startAll();
  await two.readAt(first);
  await two.probe(first, 'Before');

  // What the second doesn't hear of any more: somebody new, and somebody who joined the filter.
  await two.join(first, 'unreplicated');
  await (await two.at(first)).addMember(two.dn('Staff'), two.dn('late'));
  await waitUntil('both at LastPass', async () => (await two.account('unreplicated')) && (await two.account('late')));
  await stack.quiet();

  // What only the second has heard of.
  const atSecond = await two.at(second);
  await atSecond.delete(two.dn('p1'));
  await two.join(second, 'joiner');
  const since = await stack.simulator.lastCall();
  await two.kill(first);
  const { generation } = await two.readAt(second);
  await waitUntil('the leaver disabled', () => isDisabled(two, 'p1'), { withinMs: 30_000 });
  await waitUntil('the joiner created', () => two.account('joiner'));
  await two.probe(second, 'After');
  assert.deepEqual(await two.namedSince(since), ['joiner', 'p0', 'p1']);
  const reasons = await held(two);
  assert.deepEqual([...reasons.keys()].sort(), ['late', 'unreplicated']);
  assert.match(reasons.get('unreplicated') ?? '', /missing from a complete read .* not proved deleted/);
  assert.match(reasons.get('late') ?? '', /another domain controller/);

  // Whoever leaves there from now on does so for good.
  await atSecond.removeMember(two.dn('Staff'), two.dn('p2'));
  await waitUntil('who left the filter is disabled', () => isDisabled(two, 'p2'), { withinMs: 30_000 });

  // The first comes back: we stay where we are.
  await first.start();
  await two.probe(second, 'Still at the second');
  assert.equal((await two.cursor()).url, second.ldapsUrl);
  assert.equal((await two.cursor()).generation, generation, 'nothing is read in full again');

  // Replication comes late, and late hears that it is in the filter: nobody has to say a word about it.
  await atSecond.addMember(two.dn('Staff'), two.dn('late'));
  await waitUntil('late to be let go', async () => !(await held(two)).has('late'));

  // The second goes: back at the first, which hasn't heard of the joiner, but of the leavers.
  const atFirst = await two.at(first);
  await atFirst.delete(two.dn('p1'));
  await atFirst.removeMember(two.dn('Staff'), two.dn('p2'));
  const sinceBack = await stack.simulator.lastCall();
  await two.kill(second);
  await two.readAt(first);
  await waitUntil('unreplicated to be let go', async () => !(await held(two)).has('unreplicated'), {
    withinMs: 30_000,
  });
  await two.probe(first, 'Back');
  assert.deepEqual(await two.namedSince(sinceBack), ['p0']);
  assert.deepEqual([...(await held(two)).keys()], ['joiner']);
  assert.equal((await two.cursor()).generation, generation + 1, 'one full read for one switch');
  for (const name of ['joiner', 'late', 'unreplicated', 'p3']) assert.equal(await isDisabled(two, name), false, name);
});

test('a copy of the first controller that answers elsewhere is another one, whatever its USN says', async () => {
  await using two = await TwoControllers.create({ database: 'same' });
  const { stack, first, second } = two;
  await second.start();
  stack.startAll();
  await two.readAt(first);
  const atSecond = await two.at(second);
  await atSecond.delete(two.dn('p1')); // under a USN that the first gives to something else
  const atFirst = await two.at(first);
  for (let change = 0; change < 10; change++) await atFirst.modify(two.dn('p3'), { description: String(change) });
  await two.probe(first, 'Before');
  for (let change = 0; change < 30; change++) await atSecond.modify(two.dn('p4'), { description: String(change) });
  const since = await stack.simulator.lastCall();
  await two.kill(first);
  const { invocationId } = await two.cursor();
  assert.equal((await two.readAt(second)).invocationId, invocationId);
  await waitUntil('the leaver disabled', () => isDisabled(two, 'p1'), { withinMs: 30_000 });
  await two.probe(second, 'After');
  assert.deepEqual(await two.namedSince(since), ['p0', 'p1']);
  assert.equal((await held(two)).size, 0);
});

test('a controller put back to an earlier moment is read in full: whom it has forgotten is held, a deletion there delivered', async () => {
  await using two = await TwoControllers.create({ database: 'same', isPutBack: true });
  const { stack, first, second } = two;
  stack.startAll();
  await two.readAt(first);
  await two.join(first, 'forgotten');
  await waitUntil('the account', () => two.account('forgotten'));
  await two.probe(first, 'Before');
  const before = await two.cursor();
  const since = await stack.simulator.lastCall();
  await two.kill(first);
  await second.start();
  await waitUntil(
    'another full read',
    async () => {
      const now = await two.cursor();
      return now.generation > before.generation && now.completed === now.generation;
    },
    { withinMs: 45_000 },
  );
  assert.equal((await two.cursor()).invocationId, before.invocationId);
  await (await two.at(second)).delete(two.dn('p1'));
  await waitUntil('the leaver disabled', () => isDisabled(two, 'p1'), { withinMs: 30_000 });
  await two.probe(second, 'After');
  assert.deepEqual(await two.namedSince(since), ['p0', 'p1']);
  assert.deepEqual([...(await held(two)).keys()], ['forgotten']);
});

test('the first choice is taken again when everything is read anyway, and not before', async () => {
  await using two = await TwoControllers.create({ database: 'own' });
  const { stack, first, second } = two;
  await second.start();
  stack.startAll();
  await two.readAt(first);
  await stack.quiet();
  await two.kill(first);
  const { generation } = await two.readAt(second);
  const findings = await connector(stack, 'check');
  assert.match(findings, new RegExp(`warning .* ${first.ldapsUrl} can't be reached: nothing listens there`));
  assert.match(findings, new RegExp(`ok .* \\(${second.ldapsUrl}\\) lets CN=svc-lastpass`));
  await first.start();
  const since = await stack.simulator.lastCall();
  await connector(stack, 'sync', '--full', '--json', '--timeout', '60');
  assert.equal((await two.readAt(first)).generation, generation + 1);
  await stack.quiet();
  assert.deepEqual(await two.namedSince(since), [], 'nobody is named in a call');
  assert.equal((await two.account('p1'))?.username, mailOf('p1'));
});
