/** The next page of a full read is asked for while the one before it is worked on: what changes meanwhile must not be undone by it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reconciling } from '../reconciler/reconciling.ts';
import { LoopbackServer } from '../support/generated/loopback-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { watchOnce } from './watching.ts';

const people = 2_500;

test('a page that was read ahead counts for no more than what has changed since', async () => {
  await using server = await LoopbackServer.start({ people, dirSync: 'one' });
  await using reconciling = await Reconciling.create();
  const { store, keys } = reconciling;
  const { directory } = server;
  const everybody = Array.from({ length: people }, (_, index) => directory.company.person(index));
  let pages = 0;
  let appended = 0;
  const changeEverybody = async (_: number, ring: () => void) => {
    const [newest] = await store.redis.xrevrange(keys.log, '+', '-', 'COUNT', 1);
    if (!newest?.[1][1]?.startsWith('{"type":"page"') || ++appended !== 2) return;
    await waitUntil('the next page to be read ahead', () => pages > appended);
    for (const number of everybody)
      directory.modify(number, [{ operation: 'replace', type: 'displayName', values: ['Changed'] }]);
    ring();
  };
  const onPage = () => {
    pages++;
  };
  await watchOnce({ server, reconciling, onAppend: changeEverybody, onPage });
  const objects = (await store.redis.hvals(keys.mirror(1).objects)).map((raw) => JSON.parse(raw));
  const names = objects.filter(({ kind }) => kind === 'user').map(({ displayName }) => displayName);
  assert.deepEqual(
    names,
    everybody.map(() => 'Changed'),
  );
});
