/** The ways in which an answer can fail that `lastpass-faults.test.ts` lacks: silence, 503, and reads. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { repeats } from './call-log.ts';
import type { Ending } from './crash-at-every-effect.ts';
import { type LoggedCall, Servers } from './pipeline.ts';
import { begin, nameOf, play, strikes, undisturbed } from './played.ts';

describe('whatever befalls a call once, the day ends the same', { concurrency: 6 }, () => {
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
      assert.deepEqual(repeats(calls), []);
      assert.deepEqual(ending, expected); // which counts the welcome e-mails
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
      assert.deepEqual(repeats(calls), []);
      assert.deepEqual(ending, expected); // which counts the welcome e-mails
    });
});
