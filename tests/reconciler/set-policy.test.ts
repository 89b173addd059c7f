/** A policy that somebody sets: of two at the same time one counts, and what else happens to the policy in force keeps nobody from it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policy, policyState } from '@connector/shared/policy.ts';
import { replacePolicy } from '@connector/sync/plan/policy-in-force.ts';
import { Reconciling } from './reconciling.ts';

test('of two who have looked at the same policy one sets theirs, and the other is told which counts by now', async () => {
  await using reconciling = await Reconciling.create();
  const { store, planning } = reconciling;
  const wanted = (onDeleted: 'remove' | 'delete', number: number) => ({
    policy: policy.parse({ onDeleted }),
    by: 'somebody',
    number,
  });
  const both = await Promise.all([
    replacePolicy(store, wanted('remove', 1), planning),
    replacePolicy(store, wanted('delete', 1), planning),
  ]);
  assert.deepEqual(both.map(({ kind }) => kind).sort(), ['another', 'replaced']);
  assert.deepEqual(
    both.find(({ kind }) => kind === 'another'),
    { kind: 'another', number: 2 },
  );
  assert.deepEqual(await replacePolicy(store, wanted('delete', 1), planning), { kind: 'another', number: 2 });
  const { number, set } = policyState.parse(JSON.parse((await store.redis.get(store.keys.policy)) ?? ''));
  assert.deepEqual([number, set?.by], [2, 'somebody']);
  assert.equal(await store.redis.hlen(store.keys.policyHistory), 2);
});
