/** An administrator disables an account at LastPass, and the person in the directory too, before the accounts were read again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { directoryId, type Run, Servers } from './pipeline.ts';
import { bases, changed, directory, guidOf, person, policy, surroundings } from './scenario.ts';
import { entriesOf } from './told-entries.ts';

const [ann, bob] = [11, 12];
const disabled = async (run: Run) =>
  (await run.simulator.state()).users.filter((user) => user.disabled).map(({ username }) => username);

describe('an account that an administrator disabled stays so, though the directory disabled and enabled its person', () => {
  for (const unchangedUsers of ['listed', 'left-out'] as const)
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
});
