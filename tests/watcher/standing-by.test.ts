/** A watcher that stands by has nothing to read, and nothing of what stood in the way of its reading. */
import { test } from 'node:test';
import { firstCursor } from '@connector/shared/directory-state.ts';
import { directoryId, Servers } from '../faults/pipeline.ts';
import { LoopbackServer, loopbackPassword } from '../support/generated/loopback-server.ts';
import { waitUntil } from '../support/wait-until.ts';

test('a watcher that found a base missing, and then stands by, tells of it no more: the active one does', async () => {
  await using server = await LoopbackServer.start({ people: 3 });
  await using servers = await Servers.create();
  const account = { urls: [server.ldapUrl], bindPassword: loopbackPassword, insecure: true };
  await using run = await servers.run({ directory: { ...account, userBases: [`OU=Gone,${server.baseDn}`] } });
  const { redis, keys } = run.store;
  const { cursor, lease } = keys.directory(directoryId);
  await redis.set(cursor, JSON.stringify({ ...firstCursor, generation: 1, completed: 1 })); // at the very first it would end there
  await run.inside('watcher');
  await waitUntil('the watcher to tell', () => /"problem":"bases-corp".*knows no OU=Gone/.test(run.output));
  await redis.set(lease, 'another', 'PX', 60_000);
  await waitUntil('it to stand by', () => run.output.includes('another watcher of corp is active'));
  await waitUntil('the problem to be over', () => run.output.includes('solved: bases-corp'), { withinMs: 10_000 });
});
