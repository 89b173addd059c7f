/** Services and the command on data of another release. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Workplace } from '../console/workplace.ts';
import { Servers } from '../faults/pipeline.ts';
import { directory, policy, tenant } from '../faults/scenario.ts';
import { assertToldOnce, conditionOf, notReady, recovered } from '../faults/service-report.ts';
import { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';

const services = ['watcher', 'reconciler', 'pusher', 'console'] as const;
const line =
  /Redis holds data of version 2, and this release reads version 1: start the newer release again, or restore/;

test('every service refuses data of a newer release, says so once, and touches nothing', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  const { redis, keys } = run.store;
  await redis.set(keys.schema, '2');
  const before = await redis.keys('*');
  const programs = services.map((name) => run.process(name));
  for (const program of programs) await notReady(program, line);
  for (const program of programs) await assertToldOnce(program, line);
  assert.deepEqual((await redis.keys('*')).sort(), before.sort());
  assert.deepEqual(await run.calls(), []);
  await redis.set(keys.schema, '1');
  for (const program of programs) await recovered(program, { from: line });
  for (const program of programs) assert.equal(await program.stop(), 0);
});

test('a service under which a newer release has begun ends, and waits when it is started again', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy });
  const { redis, keys } = run.store;
  const programs = services.map((name) => run.process(name));
  // One that hasn't begun yet would wait, and not end.
  for (const program of programs) await recovered(program, { from: /is starting|can't start/ });
  await redis.set(keys.schema, '1>2');
  for (const program of programs) {
    await waitUntil('it to end', () => !program.running);
    assert.equal(await program.ended, 0, program.output.slice(-1_000));
  }
  const again = run.process('reconciler');
  await notReady(again, /holds data of version 1, on its way to 2, and this release reads version 1: start the newer/);
});

test('one process brings the data up to date while the others wait, and another takes over when it is killed', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({});
  const { redis, keys } = run.store; // the older release
  const start = () =>
    new Program({
      command: process.execPath,
      args: [join(import.meta.dirname, 'newer-release.ts')],
      env: { CONNECTOR_CONFIG: run.configFile, CONNECTOR_PORT: '0' },
    });
  await using one = start();
  await waitUntil('the migration', () => one.output.includes('brought from version 1 to 2'), { withinMs: 45_000 });
  assert.equal(await redis.get(keys.schema), '1>2');
  await using other = start();
  await waitUntil(
    'the other to wait',
    async () => (await conditionOf(other)).problems.some((each) => each.includes('everybody waits for it')),
    { withinMs: 45_000 },
  );
  await one.kill();
  await waitUntil('the other to take over', () => other.output.includes('brought from version 1 to 2'));
  await redis.set(`${keys.queues}:let-it`, 'now');
  await recovered(other);
  assert.equal(await redis.get(keys.schema), '2');
  assert.equal(await redis.get(`${keys.queues}:migrated`), 'yes');
  assert.equal(await other.stop(), 0);
  await redis.set(keys.schema, '1'); // so that the run can be cleaned up
});

test('the command refuses data of a newer release with the same sentence, and writes nothing', async () => {
  await using place = await Workplace.create();
  const { redis, keys } = place.store;
  await redis.set(keys.schema, '2');
  for (const command of [['status'], ['preview'], ['sync'], ['check']]) {
    const { code, output } = await place.run(...command);
    assert.equal(code, 1, command.join(' '));
    assert.match(output, line, command.join(' '));
  }
  assert.deepEqual(await redis.keys('*'), [keys.schema]);
});
