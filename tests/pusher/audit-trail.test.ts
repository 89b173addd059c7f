/** What the audit trail tells of the pusher's work: a small company's day on a real Redis and the simulator, read afterwards. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AuditEntry } from '@connector/shared/audit.ts';
import { readLastOperations } from '@connector/sync/audit/last-operations.ts';
import { directoryId, Servers } from '../faults/pipeline.ts';
import { begin, play } from '../faults/played.ts';
import { bases, changed, directory, guidOf, person, policy, surroundings } from '../faults/scenario.ts';
import { entriesOf } from '../faults/told-entries.ts';
import { waitUntil } from '../support/wait-until.ts';

const keyOf = (n: number) => `${directoryId}/${guidOf(n)}`;
const inShort = ({ did, was, is, answer }: AuditEntry) => [did, was, is, answer?.command];

describe('the audit trail of what the connector does', () => {
  test('has every step of a day with its person, from what to what, the change that led to it, answer and time', async () => {
    await using servers = await Servers.create();
    await using run = await begin(servers);
    await play(run);
    const entries = await entriesOf(run);
    const of = (n: number) => entries.filter(({ of: { id } }) => id === keyOf(n)).map(inShort);
    const address = (name: string) => `${name}@company.test`;
    assert.deepEqual(of(11), [
      ['created', null, { address: address('ann'), name: 'Mx ann', groups: ['Staff'] }, 'batchadd'],
      ['renamed', { name: 'Mx ann' }, { name: 'Ann the Renamed' }, 'updateuser'],
    ]);
    assert.deepEqual(of(12).slice(1), [
      ['disabled', { status: 'enabled' }, { status: 'disabled' }, 'disableuser'],
      ['enabled', { status: 'disabled' }, { status: 'enabled' }, 'enableuser'],
    ]);
    assert.deepEqual(of(13).slice(1), [
      ['joined groups', null, { groups: ['Staff'] }, 'batchchangegrp'],
      ['left groups', { groups: ['Sales'] }, null, 'batchchangegrp'],
    ]);
    assert.deepEqual(of(15).slice(1), [
      ['removed', { address: address('eve'), name: 'Mx eve', groups: [] }, null, 'deluser'],
      ['created', null, { address: address('eve'), name: 'Mx eve', groups: [] }, 'batchadd'],
    ]);
    assert.deepEqual(of(20), [
      ['changed email', { address: address('gil') }, { address: 'gil.lee@company.test' }, 'updateemail'],
    ]);
    for (const { by, atMs, source, answer, of: whom } of entries) {
      assert.equal(by, 'connector');
      assert.ok(Math.abs(Date.now() - atMs) < 120_000);
      assert.match(source ?? '', /^corp\/\d+$/, whom.name);
      assert.equal(answer?.said, null);
      assert.ok((answer?.tookMs ?? -1) >= 0);
    }
    const renamed = entries.find(({ did, of: { id } }) => did === 'renamed' && id === keyOf(11));
    assert.deepEqual([renamed?.source, renamed?.of.name], ['corp/5', 'Ann the Renamed']);
    assert.equal((await readLastOperations(run.store, keyOf(11))).length, 2);
  });

  test('is one write for a whole batch', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({ directory, policy });
    await run.inside('pusher');
    const { redis, keys } = run.store;
    const many = Array.from({ length: 120 }, (_, n) => 100 + n);
    await run.inside('reconciler', {
      storeAs: (store) => ({
        ...store,
        commit: async (transaction) => {
          if (transaction.guards.some(({ command }) => command[1] === keys.auditHead))
            throw new Error('not sealed here');
          return store.commit(transaction);
        },
      }),
    });
    await run.appendFullRead([...surroundings(), ...many.map((n) => person(n, `p${n}`))], bases);
    await run.quiet();
    const unsealed = await redis.xrange(keys.auditUnsealed, '-', '+');
    const batches = unsealed.filter(([, [kind]]) => kind === 'entries').map(([, [, text = '']]) => JSON.parse(text));
    const creates = (await run.calls()).filter(({ cmd }) => cmd === 'batchadd');
    assert.equal(batches.length, creates.length);
    assert.equal(batches.flat().length, many.length);
  });

  test('tells of a refusal once, in LastPass’s words, however often the same is tried again', async () => {
    await using servers = await Servers.create();
    await using run = await servers.run({
      directory,
      policy,
      tenant: { users: [{ username: 'x@y.test', fullname: 'X' }] },
    });
    await run.simulator.settings({ seats: 1 });
    await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
    const { redis, keys } = run.store;
    await run.appendFullRead([...surroundings(), person(11, 'ann')], bases);
    await waitUntil('her refusal', async () => (await redis.hlen(keys.setAside)) === 1);
    const creates = async () => (await run.calls()).filter(({ cmd }) => cmd === 'batchadd').length;
    const before = await creates();
    await waitUntil('another try', async () => {
      const state = JSON.parse((await redis.get(keys.noSeat)) ?? '{}');
      await redis.set(keys.noSeat, JSON.stringify({ ...state, tryAgainAtMs: 0 }));
      await run.allIsDue();
      return (await creates()) > before + 1;
    });
    const told = await entriesOf(run);
    assert.deepEqual(told.map(inShort), [['tried to create', null, null, 'batchadd']]);
    assert.match(told[0]?.answer?.said ?? '', /No licenses available/);
  });

  for (const phase of ['before', 'after'] as const)
    test(`an answer that is lost ${phase === 'after' ? 'after LastPass has done it' : 'before it does anything'}: it is told once, and how it is known`, async () => {
      await using servers = await Servers.create();
      await using run = await servers.run({ directory, policy });
      await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
      await run.appendFullRead([...surroundings(), person(11, 'ann')], bases);
      await run.quiet();
      const late = phase === 'after' ? { phase } : {};
      await run.simulator.faults([{ kind: 'reset', cmd: 'updateuser', times: 1, ...late }]);
      await run.append({ type: 'changes', caughtUp: true, changes: [changed(11, { displayName: 'Ann Lee' })] });
      await waitUntil('her account to be renamed', async () => {
        await run.allIsDue();
        return (await run.simulator.state()).users.some(({ fullname }) => fullname === 'Ann Lee');
      });
      await run.quiet();
      const told = (await entriesOf(run)).slice(1);
      assert.deepEqual(told.map(inShort), [['renamed', { name: 'Mx ann' }, { name: 'Ann Lee' }, 'updateuser']]);
      const known = phase === 'after' ? 'it gave no conclusive answer; it is done, as reading back shows' : null;
      assert.equal(told[0]?.answer?.said, known);
    });
});
