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
