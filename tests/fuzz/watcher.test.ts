/**
 * A watcher reads a directory whose answers are spoilt on their way, again and again, and a reconciler works with what it reads: nobody
 * leaves by it, no read that was spoilt counts, and when the answers are whole again everything is as the directory says.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { plan } from '@connector/shared/plan.ts';
import fc from 'fast-check';
import { pino } from 'pino';
import { Bell } from '../../services/watcher/src/bell.ts';
import { ChangeLog } from '../../services/watcher/src/change-log.ts';
import { takeLease } from '../../services/watcher/src/lease.ts';
import { Watch } from '../../services/watcher/src/watch-directory.ts';
import { person, Reconciling } from '../reconciler/reconciling.ts';
import { FakeDirectory, type FakeManners } from '../support/fake-directory.ts';
import { waitUntil } from '../support/wait-until.ts';
import { answersOf, people } from './fake-company.ts';
import { holds, watchForStrays } from './runs.ts';

type Spoil = NonNullable<FakeManners['spoil']>;
const whole: Spoil = (sent) => ({ sent, isCut: false });

/** What befalls the answers from a certain one on: bytes changed, an end anywhere, lengths that lie. */
const spoils: fc.Arbitrary<(answers: number, bytes: Buffer) => ReturnType<Spoil>> = fc
  .record({
    from: fc.nat({ max: 12 }),
    kind: fc.constantFrom('cut', 'edit', 'length'),
    at: fc.nat(),
    size: fc.nat({ max: 5 }),
    put: fc.uint8Array({ maxLength: 5 }),
  })
  .map(({ from, kind, at, size, put }) => (answers, bytes) => {
    const place = at % bytes.length;
    if (answers < from) return whole(bytes);
    if (kind === 'cut') return { sent: bytes.subarray(0, place), isCut: true };
    const [length, between] =
      kind === 'length' ? [1, Buffer.from([0x80 | put.length, ...put])] : [size, Buffer.from(put)];
    return { sent: Buffer.concat([bytes.subarray(0, place), between, bytes.subarray(place + length)]), isCut: false };
  });

describe('a directory whose answers are spoilt on their way', () => {
  const strays = watchForStrays();
  const displayName = 'User';
  let called = displayName;
  let reconciling: Reconciling;
  let requests = 0;
  let spoil: Spoil = whole;
  let fake: FakeDirectory;

  /** Has everything read, for so long at most; what it ended with, if not well. */
  const readEverything = async (withinMs: number): Promise<Error | null> => {
    const { store } = reconciling;
    const request = `fuzz ${++requests}`;
    await store.redis.hset(store.keys.requests, 'full-read', request);
    await store.redis.del(reconciling.keys.lease);
    const lease = (await takeLease(store, 'corp', 'fuzz')) ?? assert.fail('the lease is taken');
    const log = await ChangeLog.open(store, lease, 'corp');
    const [directory] = parseConfiguration(
      JSON.stringify({
        directories: [{ id: 'corp', urls: [fake.url], bindDn: 'CN=svc', bindPassword: 'secret', insecure: true }],
        lastpass: { cid: '1', provhash: 'p' },
      }),
      { file: 'fuzz.yaml', environment: {} },
    ).directories;
    assert.ok(directory);
    const timeoutMs = spoil === whole ? 10_000 : 250;
    const options = { urls: [fake.url], bindDn: 'CN=svc', bindPassword: 'secret', insecure: true, timeoutMs };
    await using connection = await connectDirectory(options);
    const [bell, stop] = [new Bell(), new AbortController()];
    const watch = new Watch({
      ...{ directory, store, log, connection, bell, signal: stop.signal, logger: pino({ level: 'silent' }) },
      ...{ mayChooseAgain: () => false, fullReadEveryMs: 3_600_000, ring: () => reconciling.applyAll() },
      ...{
        onReading: () => undefined,
        onCaughtUp: () => undefined,
        onChanges: () => undefined,
        onBases: () => undefined,
      },
    });
    const running = watch.run().then(
      () => null,
      (error: Error) => error,
    );
    const isOver = Promise.race([running, sleep(withinMs)]);
    while (log.cursor.answered !== request && (await Promise.race([isOver.then(() => true), sleep(5)])) !== true);
    stop.abort();
    bell.ring();
    return await running;
  };

  const stepsNow = async () => {
    const { redis, keys } = reconciling.store;
    const raws = await redis.hgetall(keys.plans);
    return Object.entries(raws).map(
      ([key, raw]) => [key, plan.parse(JSON.parse(raw)).steps.map(({ kind }) => kind)] as const,
    );
  };

  before(async () => {
    reconciling = await Reconciling.create();
    fake = await FakeDirectory.start(
      answersOf(() => called),
      { spoil: (bytes) => spoil(bytes) },
    );
    assert.equal(await readEverything(10_000), null);
    await reconciling.planAll();
    assert.equal((await stepsNow()).length, people.length, 'everybody gets an account');
    await reconciling.deliverAll();
    await reconciling.planAll();
  });
  after(async () => {
    strays.end();
    await fake?.[Symbol.asyncDispose]();
    await reconciling?.[Symbol.asyncDispose]();
  });

  test('makes nobody leave: each read ends with an error of the directory, or with the truth', async (context) => {
    const property = fc.asyncProperty(spoils, async (how) => {
      let answers = 0;
      spoil = (bytes) => how(answers++, bytes);
      const error = await readEverything(250);
      assert.ok(error === null || error instanceof DirectoryError, error?.stack ?? '');
      await reconciling.planAll();
      await reconciling.judge();
      const { redis, keys } = reconciling.store;
      assert.deepEqual(await redis.zrange(keys.leavers, '0', '-1'), [], 'somebody would lose access');
    });
    await holds(context, property, { runs: 150 });
  });

  test('is read as it is once they are whole again', async () => {
    spoil = whole;
    called = 'Renamed';
    await waitUntil('a read that is whole', async () => (await readEverything(5_000)) === null);
    await reconciling.planAll();
    await reconciling.judge();
    const expected = people.map((number) => [person(number), ['rename']] as const);
    assert.deepEqual((await stepsNow()).sort(), [...expected].sort());
  });

  test('leaves no rejection that nobody handles', () => assert.deepEqual(strays.found, []));
});
