/** What services warn of is kept in Redis for a support bundle, and what else they tell while the debug log is on; the rest is in their own logs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { switchDebugLog } from '@connector/shared/debug-log.ts';
import { RecentLog, readRecentLog } from '@connector/shared/recent-log.ts';
import { Servers } from '../faults/pipeline.ts';
import { recovered } from '../faults/service-report.ts';
import { waitUntil } from '../support/wait-until.ts';

test('a service’s warnings are kept, of the rest only what it tells while the debug log is on, and never a secret', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run();
  const { store } = run;
  const watcher = run.process('watcher');
  const kept = () => readRecentLog(store, 1_000);
  await waitUntil('the error to be kept', async () =>
    (await kept()).some(({ level, service }) => level === 50 && service === 'watcher'),
  );
  const isUsual = ({ level }: { level: number }) => level <= 30;
  assert.ok(watcher.lines.some((line) => line.includes('"level":30')));
  assert.deepEqual((await kept()).filter(isUsual), []);
  const atMs = Date.now();
  await switchDebugLog(store, { by: 'root', atMs, untilMs: atMs + 60_000 });
  const pusher = run.process('pusher');
  await recovered(pusher);
  await waitUntil('what is usual to be kept', async () =>
    (await kept()).some(({ level, service }) => level === 30 && service === 'pusher'),
  );
  const all = JSON.stringify(await kept());
  assert.ok(!all.includes(run.configuration.lastpass.provhash));
  assert.deepEqual(
    (await kept()).filter(({ level }) => level < 30),
    [],
    'what the debug log adds fills it up',
  );
});

test('no line waits for a Redis that is away, the oldest are dropped, and one that is too long isn’t kept', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run();
  const recentLog = new RecentLog();
  const line = (msg: string) => `${JSON.stringify({ level: 40, time: 't', service: 'x', msg })}\n`;
  for (let count = 1; count <= 300; count++) assert.equal(recentLog.note(line(`${count}`)), line(`${count}`));
  recentLog.note(line('long'.repeat(10_000)));
  recentLog.note('no JSON');
  await recentLog.write(run.store);
  const kept = await readRecentLog(run.store, 1_000);
  assert.deepEqual([kept.length, kept[0]?.msg, kept.at(-1)?.msg], [200, '101', '300']);
  for (let round = 0; round < 20; round++) {
    for (let count = 0; count < 200; count++) recentLog.note(line('again'));
    await recentLog.write(run.store);
  }
  const length = await run.store.redis.xlen(run.store.keys.recentLog);
  assert.ok(length >= 1_000 && length <= 1_100, `${length} are kept`);
});
