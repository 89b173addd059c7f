/** Accounts that are read page by page while somebody changes them: a list with a gap must not pass for the whole. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { AccountsIncomplete, type Caller, listAccounts, pageSize } from '@connector/sync/accounts/list-accounts.ts';
import { Simulator } from '../support/simulator.ts';

const count = pageSize + 500;
const mailOf = (number: number): string => `u${String(number).padStart(4, '0')}@example.test`;
const everybody = Array.from({ length: count }, (_, index) => mailOf(index));
const signal = AbortSignal.timeout(60_000);

/** Calls LastPass, and lets somebody act after each of the first calls that it has an act for. */
async function callerOf(simulator: Simulator, acts: (() => Promise<void>)[]): Promise<Caller> {
  const { provhash } = await simulator.settings(null);
  const client = new LastPassClient({ apiUrl: simulator.apiUrl, cid: Simulator.cid, provhash });
  return {
    call: async (_, send) => {
      const answer = await send(client);
      await acts.shift()?.();
      return answer;
    },
  };
}

async function tenant(): Promise<Simulator> {
  const simulator = await Simulator.create();
  await simulator.seed({ users: everybody.map((username) => ({ username, fullname: username })) });
  return simulator;
}

const usernamesOf = (accounts: Awaited<ReturnType<typeof listAccounts>>) =>
  accounts.map(({ username }) => username).sort();

/** Answers with these pages, whichever is asked for. */
const pagesOf = (...answers: readonly object[]): Caller => {
  const texts = answers.map((answer) => JSON.stringify(answer));
  const send = async () => texts.shift() ?? '{"total":0,"Users":{}}';
  const client = new LastPassClient({ apiUrl: 'https://lastpass.test/', cid: '1', provhash: 'p', send });
  return { call: (_, ask) => ask(client) };
};

describe('a list that contradicts itself', () => {
  const user = (username: string) => ({ username, fullname: 'Mx', disabled: false, groups: [] });

  it('with several accounts of one name is no list', async () => {
    const page = { total: 2, Users: { 1: user('ann@example.test'), 2: user('ANN@example.test') } };
    const list = listAccounts(pagesOf(page, page, page), signal);
    await assert.rejects(list, /several accounts under one name, 3 times in a row/);
  });

  it('whose last page says that there are fewer than the one before is no list', async () => {
    const first = Object.fromEntries(everybody.slice(0, pageSize).map((name, index) => [index, user(name)]));
    const pages = [
      { total: 5_000, Users: first },
      { total: pageSize + 1, Users: { 9999: user('last@example.test') } },
    ];
    const round = [...pages, pages[0] ?? {}];
    await assert.rejects(listAccounts(pagesOf(...round, ...round, ...round), signal), AccountsIncomplete);
  });

  it('with half a character in a name is a list with another character there', async () => {
    const page = { total: 1, Users: { 1: { ...user('ann\ud83d@example.test'), fullname: 'Ann \ud83d' } } };
    const [account] = await listAccounts(pagesOf(page), signal);
    assert.deepEqual([account?.username, account?.fullname], ['ann\ufffd@example.test', 'Ann \ufffd']);
  });
});

describe('between two pages', () => {
  const remove = (simulator: Simulator, number: number) => () =>
    simulator.byHand('deluser', { username: mailOf(number), deleteaction: 2 });
  const add = (simulator: Simulator, number: number) => () =>
    simulator.byHand('batchadd', [{ username: mailOf(number), fullname: 'New' }]);

  it('one is deleted: whoever moved up into the page read before is listed all the same', async () => {
    await using simulator = await tenant();
    const caller = await callerOf(simulator, [remove(simulator, 5)]);
    const others = everybody.filter((username) => username !== mailOf(5));
    assert.deepEqual(usernamesOf(await listAccounts(caller, signal)), others);
  });

  it('one is deleted and one added, so that the total stays: nobody is missed', async () => {
    await using simulator = await tenant();
    const both = async () => {
      await remove(simulator, 5)();
      await add(simulator, count)();
    };
    const caller = await callerOf(simulator, [both]);
    const expected = [...everybody.filter((username) => username !== mailOf(5)), mailOf(count)];
    assert.deepEqual(usernamesOf(await listAccounts(caller, signal)), expected);
  });

  it('one is added behind the last: it is a list all the same, of all that were there', async () => {
    await using simulator = await tenant();
    const since = await simulator.lastCall();
    const caller = await callerOf(simulator, [async () => undefined, add(simulator, count)]);
    assert.deepEqual(usernamesOf(await listAccounts(caller, signal)), everybody);
    const reads = (await simulator.calls(since)).filter(({ cmd }) => cmd === 'getuserdata');
    assert.equal(reads.length, 3, 'two pages, and the first once more');
  });

  it('again and again: there is no list, rather than one with gaps', async () => {
    await using simulator = await tenant();
    // The second and third call of a reading are the next page, and the first page once more.
    const acts = [5, 6, 7].flatMap((number) => [
      remove(simulator, number),
      async () => undefined,
      async () => undefined,
    ]);
    const caller = await callerOf(simulator, acts);
    await assert.rejects(listAccounts(caller, signal), (error) => {
      assert.ok(error instanceof AccountsIncomplete);
      assert.match(error.message, /moved while it was read .* nothing was taken over, it is tried again/);
      return true;
    });
  });
});
