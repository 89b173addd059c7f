/** Leavers whose accounts aren't where they were: on a real Redis with the real planner and pusher. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type LoggedCall, type Run, Servers } from '../faults/pipeline.ts';
import { bases, changed, directory, person, surroundings } from '../faults/scenario.ts';
import { waitUntil } from '../support/wait-until.ts';

let servers: Servers;
before(async () => {
  servers = await Servers.create();
});
after(() => servers[Symbol.asyncDispose]());

const [ann, bob] = [1_000, 1_001];
const addressOf = (name: string): string => `${name}@company.test`;
const disables = ({ cmd }: LoggedCall): boolean => cmd === 'disableuser';
/** All accounts, or a page of them, were asked for. */
const lists = ({ cmd, data }: LoggedCall): boolean => cmd === 'getuserdata' && !Object.hasOwn(Object(data), 'username');

/** Ann and Bob have accounts, and Ann's new mail is asked for. The accounts aren't read again by themselves. */
async function begin(): Promise<Run> {
  const run = await servers.run({ directory, policy: { memberships: 'all' }, sync: { accountsEvery: '1h' } });
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  await run.appendFullRead([...surroundings(), person(ann, 'ann'), person(bob, 'bob')], bases);
  await run.quiet();
  await run.append({ type: 'changes', caughtUp: true, changes: [changed(ann, { mail: addressOf('lee') })] });
  await run.quiet();
  return run;
}

/** These leave together. @returns the calls from then on, once as many are disabled */
async function callsOnceLeft(run: Run, leavers: readonly number[], disabled: number): Promise<LoggedCall[]> {
  const before = (await run.calls()).length;
  const leave = leavers.map((n) => changed(n, { userAccountControl: 514 }));
  await run.append({ type: 'changes', caughtUp: true, changes: leave });
  const isOver = async () => (await run.simulator.state()).users.filter((user) => user.disabled).length === disabled;
  await waitUntil('them to lose access', isOver);
  await run.quiet();
  return (await run.calls()).slice(before);
}

test('a leaver who has logged in under the new address is found by it: nobody else’s account is read for that', async () => {
  await using run = await begin();
  await run.simulator.login(addressOf('ann'));
  const calls = await callsOnceLeft(run, [ann, bob], 2);
  const { users } = await run.simulator.state();
  assert.deepEqual(users.map(({ username }) => username).sort(), [addressOf('bob'), addressOf('lee')]);
  assert.ok(calls.every((call) => !lists(call)));
});

test('whose account is under neither name keeps no other leaver waiting for the list of all accounts', async () => {
  await using run = await begin();
  await run.simulator.byHand('deluser', { username: addressOf('ann'), deleteaction: 2 });
  const calls = await callsOnceLeft(run, [ann, bob], 1);
  const [first, listed] = [calls.findIndex(disables), calls.findIndex(lists)];
  assert.ok(first !== -1 && listed > first, 'Bob loses access, and then the list is read');
});

test('where LastPass cannot be asked about one, the others of the batch are sent what they are to get all the same', async () => {
  await using run = await begin();
  await run.simulator.faults([{ kind: 'http-500', cmd: 'getuserdata' }]);
  const renamed = [ann, bob].map((n) => changed(n, { displayName: `New ${n}` }));
  await run.append({ type: 'changes', caughtUp: true, changes: renamed });
  const names = async () => (await run.simulator.state()).users.map(({ fullname }) => fullname);
  await waitUntil('Bob to be renamed', async () => (await names()).includes(`New ${bob}`));
  assert.ok(!(await names()).includes(`New ${ann}`), 'whose account it is can’t be known');
  await run.simulator.faults([]);
  await run.quiet({ withinMs: 60_000 });
  assert.deepEqual((await names()).sort(), [`New ${ann}`, `New ${bob}`]);
});
