/** Learning the ids of created accounts: from the end of LastPass's list, no further than needed, and nothing that has changed meanwhile. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Account } from '@connector/shared/account.ts';
import { personKey } from '@connector/shared/keys.ts';
import { link } from '@connector/shared/plan.ts';
import { TICK } from '@connector/shared/transaction.ts';
import { linkWrites } from '@connector/sync/accounts/account-changes.ts';
import { accountWrites } from '@connector/sync/accounts/attested.ts';
import { learnIds } from '@connector/sync/accounts/learn-ids.ts';
import { RereadOvertaken } from '@connector/sync/accounts/take-over.ts';
import { directoryId, type Run, Servers } from '../faults/pipeline.ts';
import { guidOf } from '../faults/scenario.ts';
import { accountOf as listedAccount } from '../reconciler/reconciling.ts';

let servers: Servers;
before(async () => {
  servers = await Servers.create();
});
after(() => servers[Symbol.asyncDispose]());

const keyOf = (n: number) => personKey(directoryId, guidOf(n));
const accountOf = (n: number, more: Partial<Account> = {}): Account => ({
  ...listedAccount({ username: `p${n}@company.test`, fullname: `Mx p${n}`, groups: [] }),
  id: null,
  ...more,
});
/** As LastPass lists it. */
const listed = (n: number): Account => accountOf(n, { id: `${1_000 + n}` });

/** People who are linked: of those before `createdFrom` the ids are known. */
async function begin({ people, createdFrom }: { people: number; createdFrom: number }, more: Partial<Account> = {}) {
  const run = await servers.run();
  const { commit, keys, redis } = run.store;
  for (let n = 0; n < people; n++) {
    const account = n < createdFrom ? listed(n) : accountOf(n, more);
    const { username, id } = account;
    const linked = { username, id, disabledByUs: false, removedByUs: false };
    const writes = [...accountWrites(keys, username, { now: account }), ...linkWrites(keys, keyOf(n), linked)];
    await commit({ guards: [], writes });
  }
  await redis.set(keys.accountsReader, 'test');
  return run;
}

const pageSize = 10;

/** @returns the pages that were read */
async function learn(
  { store }: Run,
  people: number,
  { onPage = async () => {} }: { onPage?: () => Promise<void> } = {},
) {
  const { keys } = store;
  const pages: number[] = [];
  const readPage = async (pageIndex: number) => {
    pages.push(pageIndex);
    await onPage();
    const from = pageIndex * pageSize;
    return Array.from({ length: Math.max(0, Math.min(pageSize, people - from)) }, (_, index) => listed(from + index));
  };
  const turn = { guard: { command: ['GET', keys.accountsReader], is: 'test' }, keep: [] };
  await learnIds({ state: store, directories: [directoryId], readPage, pageSize, turn });
  return pages;
}

const idOf = async ({ store: { redis, keys } }: Run, n: number) =>
  link.parse(JSON.parse((await redis.hget(keys.links, keyOf(n))) ?? '')).id;

test('reads from the end of the list, as far as ids are wanted, and plans nobody because of it', async () => {
  await using run = await begin({ people: 45, createdFrom: 28 });
  const { redis, keys } = run.store;
  assert.deepEqual(await learn(run, 45), [4, 3, 2]);
  for (const n of [28, 39, 44]) assert.equal(await idOf(run, n), `${1_000 + n}`);
  assert.equal(await redis.hget(keys.linkedIds, '1044'), keyOf(44));
  assert.equal(await redis.zcard(keys.toPlan), 0);
});

test('plans who isn’t only told by an id: something else about the account is news, or there is something to do', async () => {
  await using run = await begin({ people: 4, createdFrom: 0 });
  const { commit, keys, redis } = run.store;
  await commit({
    guards: [],
    writes: [
      ...accountWrites(keys, accountOf(0).username, { now: accountOf(0, { fullname: 'By another name' }) }),
      ['HSET', keys.plans, keyOf(1), '{}'],
      ['HSET', keys.setAside, keyOf(2), '{}'],
    ],
  });
  await learn(run, 4);
  assert.deepEqual(await redis.zrange(keys.toPlan, '0', '-1'), [keyOf(0), keyOf(1), keyOf(2)]);
  for (const n of [0, 1, 2, 3]) assert.equal(await idOf(run, n), `${1_000 + n}`);
});

test('asks nothing where no id is wanted, and an invitation has none', async () => {
  await using known = await begin({ people: 15, createdFrom: 15 });
  assert.deepEqual(await learn(known, 15), []);
  await using invited = await begin({ people: 15, createdFrom: 10 }, { invited: true });
  assert.deepEqual(await learn(invited, 15), []);
});

test('an account that was changed since its page was asked for is left as it is', async () => {
  await using run = await begin({ people: 10, createdFrom: 8 });
  const { commit, keys } = run.store;
  const change = () => commit({ guards: [], writes: [['HSET', keys.accountChanges, accountOf(8).username, TICK]] });
  await learn(run, 10, { onPage: async () => void (await change()) });
  assert.deepEqual([await idOf(run, 8), await idOf(run, 9)], [null, '1009']);
});

test('ends when its turn has passed to another reader', async () => {
  await using run = await begin({ people: 10, createdFrom: 8 });
  const { redis, keys } = run.store;
  const lose = async () => void (await redis.set(keys.accountsReader, 'another'));
  await assert.rejects(learn(run, 10, { onPage: lose }), RereadOvertaken);
  assert.equal(await idOf(run, 9), null);
});
