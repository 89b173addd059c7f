/** Whatever a preview finds, applying its file at once does: all of it, by the very calls, and nothing else. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { connector } from './held.ts';
import { chosenSeed, Random } from './random.ts';
import { RandomOperations } from './random-operations.ts';
import { runRandomOperations } from './random-run.ts';
import { idleGuard, World } from './world.ts';

const preview = z.object({
  sent: z.array(z.object({ calls: z.array(z.object({ command: z.string(), data: z.unknown() })) })),
  out: z.object({ steps: z.number() }),
});
const applied = z.object({
  end: z.string(),
  people: z.array(z.object({ name: z.string(), steps: z.array(z.looseObject({ outcome: z.string() })) })),
  notInFile: z.object({ people: z.number(), steps: z.number() }),
});
const seed = chosenSeed();

/** What a batch is put together from: what one call says of one person, in the very bytes. */
const parts = (calls: readonly { command: string; data: unknown }[]): string[] =>
  calls.flatMap(({ command, data }) => [data].flat().map((each) => `${command} ${JSON.stringify(each)}`)).sort();

test(`in manual mode, after 80 changes, a plan file is done whole, call by call (SEED=${seed})`, async () => {
  await using world = await World.create({ guard: { ...idleGuard, firstCreates: 10_000 } });
  const { stack } = world;
  await world.start();
  await stack.stopAll();
  await stack.configure({ sync: { mode: 'manual' } });
  const random = new Random(seed);
  await runRandomOperations({ world, operations: new RandomOperations(world.oracle, random), count: 80 });
  stack.startAll();
  await stack.planned();

  const file = join(stack.dir, 'plan.json');
  const shown = preview.parse(JSON.parse(await connector(stack, 'preview', '--out', file, '--json')));
  assert.ok(shown.out.steps > 5, `only ${shown.out.steps} steps`);
  const since = await stack.simulator.lastCall();
  await using command = stack.command('apply', file, '--yes', '--json', '--timeout', '100');
  await command.ended;
  const { end, people, notInFile } = applied.parse(JSON.parse(command.output));
  const refused = people.flatMap(({ name, steps }) =>
    steps.filter(({ outcome }) => outcome !== 'delivered' && outcome !== 'held').map((step) => ({ name, ...step })),
  );
  assert.deepEqual(refused, []);
  assert.deepEqual([end, notInFile], ['finished', { people: 0, steps: 0 }]);
  const sent = await stack.simulator.writes(since);
  assert.deepEqual(
    parts(sent.map(({ cmd, data }) => ({ command: cmd, data }))),
    parts(shown.sent.flatMap(({ calls }) => calls)),
  );
});
