/** Somebody in a long batch leaves meanwhile: on a real Redis with the real planner and pusher. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { repeats } from '../faults/call-log.ts';
import { Servers } from '../faults/pipeline.ts';
import { bases, changed, directory, person, surroundings } from '../faults/scenario.ts';
import { waitUntil } from '../support/wait-until.ts';

let servers: Servers;
before(async () => {
  servers = await Servers.create();
});
after(() => servers[Symbol.asyncDispose]());

const numbers = Array.from({ length: 20 }, (_, index) => 1_000 + index);
const addressOf = (n: number): string => `p${n}@company.test`;

test('who leaves while the batch that they are in is being sent waits for one of its calls, whether theirs is done or still ahead', async () => {
  await using run = await servers.run({ directory, policy: { memberships: 'all' }, lastpass: { callsInFlight: 1 } });
  await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
  await run.appendFullRead([...surroundings(), ...numbers.map((n) => person(n, `p${n}`))], bases);
  await run.quiet();
  await run.simulator.faults([{ kind: 'latency', cmd: 'updateuser', latencyMs: 400 }]);
  const renames = numbers.map((n) => changed(n, { displayName: 'Renamed' }));
  await run.append({ type: 'changes', caughtUp: true, changes: renames });
  const usersOf = async (ns: readonly number[]) => {
    const { users } = await run.simulator.state();
    return ns.map((n) => users.find(({ username }) => username === addressOf(n)) ?? assert.fail(`${n} is gone`));
  };
  const renamed = async () => {
    const users = await usersOf(numbers);
    return numbers.filter((_, index) => users[index]?.fullname === 'Renamed');
  };
  const first = await waitUntil('the first to be renamed', async () => {
    const found = await renamed();
    return found.length > 0 ? found : null;
  });
  assert.equal(await run.store.redis.hlen(run.store.keys.claims), numbers.length, 'they are in one batch');
  const leavers = [first.at(0), numbers.findLast((n) => !first.includes(n))].map((n) => n ?? assert.fail('too late'));
  const leaves = leavers.map((n) => changed(n, { userAccountControl: 514 }));
  await run.append({ type: 'changes', caughtUp: true, changes: leaves });
  await waitUntil('both to be disabled', async () => (await usersOf(leavers)).every(({ disabled }) => disabled));
  const before = (await renamed()).length;
  assert.ok(before < numbers.length / 2, `${before} of ${numbers.length} were renamed before they were disabled`);

  await run.quiet();
  assert.equal((await renamed()).length, numbers.length);
  const calls = await run.calls();
  assert.equal(calls.filter(({ cmd }) => cmd === 'updateuser').length, numbers.length, 'each is renamed once');
  assert.deepEqual(repeats(calls), []);
});
