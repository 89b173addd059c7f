/** A change log that can't be followed: an entry that can't be read must neither stop the sync for ever nor make anybody leave. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { firstCursor } from '@connector/shared/directory-state.ts';
import { group, guid, patch, Reconciling, user } from './reconciling.ts';

const company: readonly DirectoryChange[] = [user(2), user(3), group(10, 'Staff', [2, 3])];

/** A company whose people all have their accounts. */
async function synced(): Promise<Reconciling> {
  return await Reconciling.create(undefined, {
    begin: async (reconciling) => {
      await reconciling.fullRead(...company);
      await reconciling.deliverAll();
    },
  });
}

/** Reads everything again, as the watcher does when it is asked to. */
async function readAgain(reconciling: Reconciling, ...changes: DirectoryChange[]): Promise<void> {
  await reconciling.fullRead(...changes);
  assert.equal(await reconciling.applyNext(), 'nothing');
}

const fullReadAskedFor = ({ store }: Reconciling) => store.redis.hget(store.keys.requests, 'full-read');

for (const [what, text, problem] of [
  ['is no JSON', '{"type":"chan', /^entry 5 can't be read \(no JSON\)$/],
  ['is of no known type', '{"type":"of-a-later-release"}', /^entry 5 can't be read \(type: /],
  [
    'has a field of the wrong type',
    '{"type":"changes","caughtUp":true,"changes":[{"guid":"ann@example.test","complete":false}]}',
    /^entry 5 can't be read \(changes\.0\.guid: [a-z_]+\)$/,
  ],
] as const) {
  test(`an entry that ${what} is told and passed over, freezes the mirror and asks for a full read`, async () => {
    await using reconciling = await synced();
    const { redis } = reconciling.store;
    await redis.xadd(reconciling.keys.log, '5-0', 'entry', text);
    reconciling.leaveHole();
    const result = await reconciling.applyNext();
    assert.ok(typeof result === 'object' && 'broken' in result, JSON.stringify(result));
    assert.match(result.broken, problem);
    assert.equal(await redis.xlen(reconciling.keys.log), 0);
    assert.match((await fullReadAskedFor(reconciling)) ?? '', /^broken-5-/);
    await reconciling.changes(patch(2, { deleted: true }));
    assert.deepEqual(await reconciling.stepsOf(2), [], 'nobody leaves by a log that has a gap');
    await readAgain(reconciling, ...company, user(4));
    assert.deepEqual(await reconciling.stepsOf(4), ['create'], 'and the sync goes on');
    assert.deepEqual(await reconciling.stepsOf(2), []);
  });
}

test('an entry that somebody added by hand is not applied, and is out of the watcher’s way', async () => {
  await using reconciling = await synced();
  const { redis } = reconciling.store;
  await redis.set(reconciling.keys.cursor, JSON.stringify({ ...firstCursor, sequence: 4 }));
  const leaver = { type: 'changes', caughtUp: true, changes: [patch(2, { deleted: true })] };
  await redis.xadd(reconciling.keys.log, '*', 'entry', JSON.stringify(leaver));
  const result = await reconciling.applyNext();
  assert.ok(typeof result === 'object' && 'broken' in result);
  assert.match(result.broken, /^entry \d{13}-0 wasn't written by the watcher$/);
  assert.notEqual(await fullReadAskedFor(reconciling), null);
  assert.equal(await reconciling.applyNext(), 'nothing');
  assert.notEqual(
    await redis.xadd(reconciling.keys.log, '5-0', 'entry', '{}'),
    null,
    "the watcher's next one has room",
  );
  await reconciling.planAll();
  assert.deepEqual(await reconciling.stepsOf(2), []);
});

test('a group whose name is no RDN goes by the text that there is, and stops nobody', async () => {
  await using reconciling = await synced();
  await reconciling.changes({ ...group(11, 'x', [2]), rdn: 'CN=R+D' }, user(4));
  assert.deepEqual(await reconciling.stepsOf(4), ['create']);
  const [step] = (await reconciling.planOf(2))?.steps ?? [];
  assert.deepEqual(step?.kind === 'join-groups' && step.groups, ['R+D']);
  await reconciling.changes({ ...user(5), rdn: '\\', parent: guid(99) });
  assert.equal(await reconciling.applyNext(), 'nothing');
});
