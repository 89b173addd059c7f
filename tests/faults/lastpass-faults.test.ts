import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setAside } from '@connector/shared/plan.ts';
import { waitUntil } from '../support/wait-until.ts';
import { creations } from './call-log.ts';
import { type Ending, endingOf } from './crash-at-every-effect.ts';
import { directoryId, Servers } from './pipeline.ts';
import { begin, play, undisturbed } from './played.ts';
import { bases, guidOf, person, stages, surroundings } from './scenario.ts';

const writeCommands = [
  'batchadd',
  'updateuser',
  'updateemail',
  'disableuser',
  'enableuser',
  'deluser',
  'batchchangegrp',
];

/** What strikes each command once: instead of it, or after it was carried out. */
const strikes = [
  { kind: 'http-429' },
  { kind: 'http-429', retryAfterSeconds: 1 },
  { kind: 'http-403' },
  { kind: 'http-413' },
  { kind: 'message' },
  { kind: 'fail', error: 'Something went wrong' },
  ...(['before', 'after'] as const).flatMap((phase) => [
    { kind: 'http-500', phase },
    { kind: 'html-page', phase },
    { kind: 'cut-body', phase, ends: 'cleanly' },
    { kind: 'cut-body', phase, ends: 'abruptly' },
    { kind: 'reset', phase },
  ]),
];

describe('whatever befalls each command once, the end is the same', { concurrency: 6 }, () => {
  let expected: Ending;
  before(async () => {
    expected = await undisturbed();
  });
  for (const strike of strikes) {
    test(Object.values(strike).join(' '), async () => {
      await using servers = await Servers.create();
      await using run = await begin(servers);
      await run.simulator.faults(writeCommands.map((cmd) => ({ ...strike, cmd, times: 1 })));
      const ending = await play(run);
      const struck = (await run.calls()).filter(({ fault }) => fault === strike.kind).map(({ cmd }) => cmd);
      assert.deepEqual([...new Set(struck)].sort(), [...writeCommands].sort(), 'not every command was struck');
      assert.deepEqual(ending, expected);
    });
  }
});

/** Of each command: somebody whom it is sent for in the first two stages, and whom LastPass refuses. */
const refused = [
  { cmd: 'batchadd', name: 'ann', n: 11 },
  { cmd: 'updateuser', name: 'fay', n: 16 },
  { cmd: 'updateemail', name: 'gil', n: 20 },
  { cmd: 'batchchangegrp', name: 'cyd', n: 13 },
  { cmd: 'disableuser', name: 'bob', n: 12 },
  { cmd: 'deluser', name: 'eve', n: 15 },
];

describe('an account that LastPass refuses is set aside with its words, and the others go on', {
  concurrency: 3,
}, () => {
  const twoStages = stages.slice(0, 2);
  let expected: Ending;
  before(async () => {
    expected = await undisturbed(twoStages);
  });
  for (const { cmd, name, n } of refused) {
    test(cmd, async () => {
      await using servers = await Servers.create();
      await using run = await begin(servers);
      const username = `${name}@company.test`;
      await run.simulator.faults([{ kind: 'poison', cmd, usernames: [username], error: 'Not this one' }]);
      for (const stage of twoStages) {
        await stage(run);
        await run.quiet();
      }
      const { redis, keys } = run.store;
      const told = await redis.hget(keys.setAside, `${directoryId}/${guidOf(n)}`);
      assert.match(setAside.parse(JSON.parse(told ?? '{}')).reason, /LastPass refuses: .*Not this one/);
      const others = ({ tenant: { users } }: Ending) => users.filter((user) => user.username !== username);
      assert.deepEqual(others(await endingOf(run)), others(expected), 'the others');

      await run.simulator.faults([]);
      await run.allIsDue();
      await run.quiet();
      assert.deepEqual(await endingOf(run), expected);
      assert.equal(await redis.hget(keys.setAside, `${directoryId}/${guidOf(n)}`), null);
    });
  }
});

describe('a call without an answer', { concurrency: true }, () => {
  for (const phase of ['before', 'after']) {
    test(`holds nobody else up, and is settled once its time is over (${phase})`, async () => {
      await using servers = await Servers.create();
      await using run = await begin(servers);
      await run.appendFullRead([...surroundings(), person(11, 'ann'), person(12, 'bob')], bases);
      await run.quiet();
      await run.simulator.faults([{ kind: 'hang', phase, cmd: 'batchadd', times: 1 }]);
      await run.append({ type: 'changes', caughtUp: true, changes: [person(13, 'cyd')] });
      await waitUntil('the create to hang', async () =>
        (await run.calls()).some(({ fault, httpStatus }) => fault === 'hang' && httpStatus === null),
      );
      await run.append({
        type: 'changes',
        caughtUp: true,
        changes: [{ guid: guidOf(12), complete: false, userAccountControl: 514 }],
      });
      const isDisabled = async () =>
        (await run.simulator.state()).users.find(({ username }) => username === 'bob@company.test')?.disabled;
      await waitUntil('the leaver to be disabled', isDisabled, { withinMs: 3_000 });
      await run.quiet({ withinMs: 60_000 });
      const expected = { 'ann@company.test': 1, 'bob@company.test': 1, 'cyd@company.test': 1 };
      assert.deepEqual(creations(await run.calls()), expected);
    });
  }
});
