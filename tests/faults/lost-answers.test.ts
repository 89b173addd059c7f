/** The ways in which an answer can fail that `lastpass-faults.test.ts` lacks: silence, 503, each way out, and reads. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { creations, repeats } from './call-log.ts';
import type { Ending } from './crash-at-every-effect.ts';
import { type LoggedCall, Servers } from './pipeline.ts';
import { begin, play, undisturbed } from './played.ts';
import { bases, directory, guidOf, person, surroundings } from './scenario.ts';

const strikes = [
  { kind: 'http-500' },
  { kind: 'http-500', status: 503 },
  { kind: 'http-500', phase: 'after' },
  { kind: 'http-429' },
  { kind: 'reset' },
  { kind: 'reset', phase: 'after' },
  { kind: 'cut-body' },
  { kind: 'cut-body', phase: 'after' },
  { kind: 'hang' },
  { kind: 'hang', phase: 'after' },
];
const nameOf = (strike: object) => Object.values(strike).join(' ');

function assertNothingTwice(calls: readonly LoggedCall[]): void {
  assert.deepEqual(
    Object.entries(creations(calls)).filter(([, count]) => count !== 1),
    [],
  );
  assert.deepEqual(repeats(calls), []);
}

describe('whatever befalls a call once, the day ends the same', { concurrency: 3 }, () => {
  const writes = ['batchadd', 'updateuser', 'updateemail', 'disableuser', 'enableuser', 'deluser', 'batchchangegrp'];
  let expected: Ending;
  before(async () => {
    expected = await undisturbed();
  });
  for (const strike of strikes.filter(({ kind, status }) => kind === 'hang' || status === 503))
    test(`each command that changes something: ${nameOf(strike)}`, async () => {
      await using servers = await Servers.create();
      await using run = await begin(servers);
      await run.simulator.faults(writes.map((cmd) => ({ ...strike, cmd, times: 1 })));
      const ending = await play(run, undefined, { withinMs: 200_000 });
      const calls = await run.calls();
      const struck = calls.filter(({ fault }) => fault === strike.kind).map(({ cmd }) => cmd);
      assert.deepEqual([...new Set(struck)].sort(), [...writes].sort(), 'not every command was struck');
      assertNothingTwice(calls);
      assert.deepEqual(ending, expected);
    });
  for (const strike of strikes)
    test(`getuserdata, of all and of one account: ${nameOf(strike)}`, async () => {
      await using servers = await Servers.create();
      await using run = await begin(servers);
      // Somebody's own is read before and after each create of a few, in the second stage.
      const prepare = () => run.simulator.faults([{ ...strike, cmd: 'getuserdata', times: 1 }]);
      const ending = await play(run, undefined, { withinMs: 100_000, prepare });
      const calls = await run.calls();
      const struck = calls.filter(({ fault }) => fault === strike.kind);
      const isOfOne = ({ data }: LoggedCall) => JSON.stringify(data).includes('"username"');
      assert.ok(struck.some(isOfOne), 'no reading of one account was struck');
      assert.ok(!struck.every(isOfOne), 'no list was struck');
      assertNothingTwice(calls);
      assert.deepEqual(ending, expected);
    });
});

describe('each way out — withdrawn, removed, deleted — happens once, whatever befalls its call', {
  concurrency: 3,
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
