/** The debug log is switched at run time: the services tell more within seconds, nothing of anybody, and stop by themselves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debugLog, switchDebugLog } from '@connector/shared/debug-log.ts';
import { Servers } from '../faults/pipeline.ts';
import { bases, changed, directory, person, policy, surroundings } from '../faults/scenario.ts';
import type { Program } from '../support/child-process.ts';
import { waitUntil } from '../support/wait-until.ts';

const debugLines = ({ lines }: Program) =>
  lines.flatMap((line) => {
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    return level === 20 ? [msg] : [];
  });
const says = (program: Program, text: RegExp) =>
  waitUntil(`${text}`, () => program.lines.some((line) => text.test(line)), { withinMs: 30_000 });

test('services tell of each call and plan while it is on, name nobody, and go back by themselves', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ directory, policy });
  const { redis, keys } = run.store;
  const [reconciler, pusher] = [run.process('reconciler'), run.process('pusher')];
  await run.appendFullRead([...surroundings(), person(11, 'ann')], bases);
  await run.quiet({ withinMs: 60_000 });
  assert.deepEqual([debugLines(reconciler), debugLines(pusher)], [[], []]);

  const atMs = Date.now();
  await switchDebugLog(run.store, { by: 'root', atMs, untilMs: atMs + 3_600_000 });
  for (const service of [reconciler, pusher]) await says(service, /the debug log is on until/);
  await run.append({ type: 'changes', caughtUp: true, changes: [changed(11, { displayName: 'Ann the Renamed' })] });
  await says(pusher, /"command":"updateuser","outcome":"ok",.*a call to LastPass has ended/);
  await run.quiet();
  assert.ok(debugLines(reconciler).includes('people were planned'));
  assert.ok(debugLines(reconciler).includes('an entry of the change log is applied'));
  const told = [...reconciler.lines, ...pusher.lines].filter((line) => line.includes('"level":20')).join('\n');
  for (const secret of ['ann@', 'Ann the', run.configuration.lastpass.provhash])
    assert.ok(!told.includes(secret), secret);

  const { untilMs } = debugLog.parse(JSON.parse((await redis.get(keys.debugLog)) ?? ''));
  assert.ok(((await redis.pttl(keys.debugLog)) ?? 0) <= untilMs - atMs);
  await redis.pexpire(keys.debugLog, 1); // an hour later
  for (const service of [reconciler, pusher]) await says(service, /the debug log is off/);
  const before = debugLines(pusher).length;
  await run.append({ type: 'changes', caughtUp: true, changes: [changed(11, { displayName: 'Ann again' })] });
  await run.quiet();
  assert.equal(debugLines(pusher).length, before);
});
