/** An administrator disables an account at LastPass, and the person in the directory too, before the accounts were read again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { directoryId, type Run, Servers } from './pipeline.ts';
import { bases, changed, directory, guidOf, person, policy, surroundings } from './scenario.ts';
import { entriesOf } from './told-entries.ts';

const [ann, bob, cyd] = [11, 12, 13];
const disabled = async (run: Run) =>
  (await run.simulator.state()).users.flatMap((user) => (user.disabled ? [user.username] : [])).sort();

describe('an account that an administrator disabled stays so, though the directory disabled and enabled its person', {
  concurrency: 2,
}, () => {
  for (const unchangedUsers of ['listed', 'left-out'] as const) {
    test(`the unchanged are ${unchangedUsers}`, async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({ directory, policy });
      await run.simulator.settings({ unchangedUsers });
      await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
      await run.appendFullRead([...surroundings(), person(ann, 'ann'), person(bob, 'bob')], bases);
      await run.quiet();
      await run.simulator.byHand('disableuser', ['ann@company.test']);
      const both = (userAccountControl: number) =>
        run.append({
          type: 'changes',
          caughtUp: true,
          changes: [ann, bob].map((n) => changed(n, { userAccountControl })),
        });
      await both(514);
      await run.quiet();
      assert.deepEqual(await disabled(run), ['ann@company.test', 'bob@company.test']);
      const told = (await entriesOf(run)).filter(({ did }) => did === 'disabled');
      assert.deepEqual(Object.fromEntries(told.map(({ of, was, answer }) => [of.id, [was, answer?.said]])), {
        [`${directoryId}/${guidOf(ann)}`]: [{ status: 'disabled' }, 'it was so already'],
        [`${directoryId}/${guidOf(bob)}`]: [{ status: 'enabled' }, null],
      });
      await both(512);
      await run.quiet();
      assert.deepEqual(await disabled(run), ['ann@company.test']);
    });

    test(`the unchanged are ${unchangedUsers}, and somebody else's disabling is refused`, async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({ directory, policy });
      const { redis, keys } = run.store;
      await run.simulator.settings({ unchangedUsers });
      await run.inside('reconciler');
      const first = await run.inside('pusher');
      const people = { ann, bob, cyd };
      const all = Object.entries(people).map(([name, n]) => person(n, name));
      await run.appendFullRead([...surroundings(), ...all], bases);
      await run.quiet();
      await first.stop();
      await run.simulator.byHand('disableuser', ['ann@company.test']);
      await run.simulator.faults([{ kind: 'poison', cmd: 'disableuser', usernames: ['cyd@company.test'] }]);
      const everybody = (userAccountControl: number) =>
        run.append({
          type: 'changes',
          caughtUp: true,
          changes: Object.values(people).map((n) => changed(n, { userAccountControl })),
        });
      await everybody(514);
      await waitUntil('all to be due together', async () => (await redis.zcard(keys.leavers)) === all.length);
      await run.inside('pusher');
      await waitUntil('one to be set aside', async () => (await redis.hlen(keys.setAside)) === 1);
      await run.rest();
      assert.deepEqual(await disabled(run), ['ann@company.test', 'bob@company.test']);
      const told = (await entriesOf(run)).filter(({ did }) => did === 'disabled');
      assert.deepEqual(
        told.map(({ of }) => of.id),
        [`${directoryId}/${guidOf(bob)}`],
      );
      await everybody(512);
      await run.rest();
      assert.deepEqual(await disabled(run), ['ann@company.test']);
    });
  }
});
