/** What `deluser` does is done once, whatever befalls the call. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { creations, repeats } from './call-log.ts';
import { type LoggedCall, Servers } from './pipeline.ts';
import { nameOf, strikes } from './played.ts';
import { bases, directory, guidOf, person, surroundings } from './scenario.ts';

function assertNothingTwice(calls: readonly LoggedCall[]): void {
  assert.deepEqual(
    Object.entries(creations(calls)).filter(([, count]) => count !== 1),
    [],
  );
  assert.deepEqual(repeats(calls), []);
}

describe('each way out — withdrawn, removed, deleted — happens once, whatever befalls its call', {
  concurrency: 6,
}, () => {
  const elsewhere = guidOf(4);
  for (const strike of strikes)
    test(nameOf(strike), async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({
        directory,
        policy: { onRemovedFromFilter: 'remove', onDeleted: 'delete' },
        tenant: {
          users: [{ username: 'stays@company.test', fullname: 'Mx stays' }],
          invited: ['withdrawn@company.test'],
        },
      });
      await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
      const people = [person(11, 'removed'), person(12, 'deleted'), person(13, 'withdrawn'), person(14, 'stays')];
      await run.appendFullRead([...surroundings(), ...people], bases);
      await run.quiet();
      await run.simulator.faults(
        ['removed', 'deleted', 'withdrawn'].map((name) => ({
          ...strike,
          cmd: 'deluser',
          usernames: [`${name}@company.test`],
          times: 1,
        })),
      );
      await run.append({
        type: 'changes',
        caughtUp: true,
        changes: [
          { guid: guidOf(11), complete: false, parent: elsewhere },
          { guid: guidOf(12), complete: false, deleted: true },
          { guid: guidOf(13), complete: false, parent: elsewhere },
        ],
      });
      await run.quiet({ withinMs: 120_000 });
      const { users, invited } = await run.simulator.state();
      assert.deepEqual(
        users.map(({ username }) => username),
        ['stays@company.test'],
      );
      assert.deepEqual(invited, []);
      const calls = await run.calls();
      const departures = calls.filter(({ cmd }) => cmd === 'deluser');
      assert.equal(departures.filter(({ fault }) => fault === strike.kind).length, 3, 'not each of them was struck');
      const actions = departures.map(({ data }) => (data as { deleteaction: number }).deleteaction);
      assert.deepEqual([...new Set(actions)].sort(), [1, 2, 3]);
      assert.equal(departures.filter(({ executed, outcome }) => executed && outcome === 'ok').length, 3);
      assertNothingTwice(calls);
    });
});
