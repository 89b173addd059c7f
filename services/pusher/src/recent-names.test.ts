/** One list for all who ask within a while, and the end of it for those who ask later. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { freshForMs, type Names, RecentNames } from './recent-names.ts';

const ever = { knownSinceMs: 0 };

/** Lets others have their turn, who ask meanwhile. */
const turns = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Lists that count how often they are read, on a clock that goes on as the test says. */
function lists(t: TestContext, { tookMs = 0 } = {}) {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000_000 });
  const read = { whole: 0, on: 0 };
  /** Whether what comes next follows on what is known. */
  const follows = { is: true };
  const recent = new RecentNames(async (): Promise<Names> => {
    const name = `a${++read.whole}@x.test`;
    t.mock.timers.tick(tookMs);
    await turns();
    const readOn = async () => {
      read.on++;
      return follows.is;
    };
    return { size: 1, has: (username) => username === name, readOn };
  });
  return { recent, read, follows, goBy: (ms: number) => t.mock.timers.tick(ms) };
}

test('whoever asks while a list is read, or within 20 s, has it for nothing', async (t) => {
  const { recent, read, goBy } = lists(t);
  const [first, second] = await Promise.all([recent.fresh(ever), recent.fresh(ever)]);
  assert.ok(first.has('a1@x.test'));
  assert.equal(second, first);
  goBy(freshForMs);
  assert.equal(await recent.fresh(ever), first);
  assert.deepEqual(read, { whole: 1, on: 0 });
});

test('a list that is too old is gone on with, as often as that is asked for', async (t) => {
  const { recent, read, goBy } = lists(t);
  for (let times = 0; times < 50; times++) {
    await recent.fresh(ever);
    assert.equal(recent.known(ever), 1);
    goBy(freshForMs + 1);
  }
  assert.deepEqual(read, { whole: 1, on: 49 });
});

test('a list that what comes next doesn’t follow on is read whole', async (t) => {
  const { recent, read, follows, goBy } = lists(t);
  await recent.fresh(ever);
  follows.is = false;
  goBy(freshForMs + 1);
  assert.ok((await recent.fresh(ever)).has('a2@x.test'));
  assert.deepEqual(read, { whole: 2, on: 1 });
});

test('while accounts go between two readings, nothing is known but what is fresh, so that few who are due are asked for by name', async (t) => {
  const { recent, follows, goBy } = lists(t);
  await recent.fresh(ever);
  follows.is = false;
  goBy(freshForMs + 1);
  assert.equal(recent.known(ever), 1, 'nobody has said that anybody has gone');
  await recent.fresh(ever);
  assert.equal(recent.known(ever), 1, 'it is fresh');
  goBy(freshForMs + 1);
  assert.equal(recent.known(ever), 0);
  follows.is = true;
  await recent.fresh(ever);
  goBy(freshForMs + 1);
  assert.equal(recent.known(ever), 1);
});

test('however long it takes to read, a fourth of the time goes into reading at most, and no batch waits for two', async (t) => {
  const tookMs = 100_000;
  const { recent, read, follows, goBy } = lists(t, { tookMs });
  follows.is = false;
  await recent.fresh(ever);
  for (let sinceMs = tookMs; sinceMs < 4 * tookMs; sinceMs += freshForMs + 1) {
    await recent.fresh(ever);
    assert.equal(read.whole, 1, `${sinceMs} ms after it began`);
    goBy(freshForMs + 1);
  }
  await recent.fresh(ever);
  assert.equal(read.whole, 2);
});

test('after five minutes in which nobody has asked nothing is known any more', async (t) => {
  const { recent, read, goBy } = lists(t);
  await recent.fresh(ever);
  goBy(5 * 60_000 + 1);
  assert.equal(recent.known(ever), 0);
  await recent.fresh(ever);
  assert.deepEqual(read, { whole: 2, on: 0 });
});

test('what was listed before a certain time is read whole, also where that began before and is under way', async (t) => {
  const { recent, read, goBy } = lists(t, { tookMs: 10 });
  const early = recent.fresh(ever);
  const late = new Promise((resolve) => setImmediate(resolve)).then(() => recent.fresh({ knownSinceMs: Date.now() }));
  assert.ok((await early).has('a1@x.test'));
  assert.ok((await late).has('a2@x.test'));
  goBy(1);
  assert.equal(recent.known({ knownSinceMs: Date.now() }), 0);
  assert.deepEqual(read, { whole: 2, on: 0 });
});

test('a list that failed is none', async () => {
  const readOn = async () => true;
  const answers = [
    () => Promise.reject(new Error('away')),
    async () => ({ size: 1, has: (username: string) => username === 'a@x.test', readOn }),
  ];
  const recent = new RecentNames(() => (answers.shift() ?? assert.fail('once too often'))());
  await assert.rejects(recent.fresh(ever), /away/);
  assert.ok((await recent.fresh(ever)).has('a@x.test'));
});
