/** The pusher: delivers what is outstanding, leavers first, and reads the accounts. */
import { RegistrarError } from '@connector/federation/key-registrar.ts';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { LastPassError } from '@connector/lastpass/errors.ts';
import type { Post } from '@connector/lastpass/transport.ts';
import { every, later } from '@connector/shared/every.ts';
import { ringFor } from '@connector/shared/people-to-plan.ts';
import { proxyHost } from '@connector/shared/proxy-settings.ts';
import { answerBells, ringerOf } from '@connector/shared/queues.ts';
import { NotDurable } from '@connector/shared/redis.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { Running, Service } from '@connector/shared/service.ts';
import type { Store } from '@connector/shared/store.ts';
import { withoutAddresses } from '@connector/shared/without-addresses.ts';
import { NameList } from '@connector/sync/accounts/name-list.ts';
import { endReviewedRunIfDone } from '@connector/sync/requests/reviewed-run.ts';
import { isRestricted, type Reviewed, reviewedReader } from '@connector/sync/requests/reviewed-steps.ts';
import { endRunIfDone, mayDeliver } from '@connector/sync/requests/steering.ts';
import { CallRate } from './call-rate.ts';
import { type Batch, Claims, signOfLifeEveryMs } from './claims.ts';
import { deliverBatch } from './deliver.ts';
import { provisionerFor } from './federation/provisioner-for.ts';
import { waitForFullBatch } from './full-batch.ts';
import { CredentialsRefused, Gate } from './gate.ts';
import { pusherMetrics } from './metrics.ts';
import { CommandMisses } from './misses.ts';
import { ReadingSchedule } from './reading-schedule.ts';
import { RecentNames } from './recent-names.ts';
import { Records } from './records.ts';
import { learnIdsInTurn, rereadIfDue } from './reread-accounts.ts';
import { Seats } from './seats.ts';
import { callTimeoutMs } from './settling.ts';

const sweepEveryMs = 1_000;
/** Leavers for whom no bell was answered, as all are busy with calls. */
const leaversEveryMs = 500;
const rereadCheckEveryMs = 1_000;
/**
 * At the end a call that changes something is waited for so long, ms. One that has no answer then is like one of a killed
 * pusher: whoever delivers next asks LastPass what became of it.
 */
const lastAnswerWithinMs = 4_000;

/** Whether something only failed because the end was asked for. */
const isWanted = (error: Error): boolean =>
  error.name === 'AbortError' ||
  ((error instanceof LastPassError || error instanceof RegistrarError) && error.code === 'cancelled');

/**
 * Whether nobody is to be planned or delivered, in one look. Between two batches of a first sync nothing may be due for a moment, and ids
 * that are read before the last account is made have to be read again.
 */
async function isQuiet({ redis, keys }: Store): Promise<boolean> {
  const [toPlan, toDeliver] = (await redis.multi().zcard(keys.toPlan).zcard(keys.toDeliver).exec()) ?? [];
  return toPlan?.[1] === 0 && toDeliver?.[1] === 0;
}

export async function startPusher(service: Service): Promise<Running> {
  const { store, configuration, log, readiness, signal, metrics, instance } = service;
  const { redis, keys } = store;
  const { lastpass } = configuration;
  const told = pusherMetrics(metrics);
  const { apiUrl, cid, provhash, proxy, adaptive, callsInFlight } = lastpass;
  if (proxy !== null)
    log.info({ proxy: proxyHost(proxy), setting: proxy.setting }, 'calls to LastPass go through a proxy');
  const rate = new CallRate({ store, most: lastpass, adaptive });
  const giveUp = later(signal, { byMs: lastAnswerWithinMs });
  const clientWith = (send: (request: Post) => Promise<string>) =>
    new LastPassClient({
      apiUrl,
      cid,
      provhash,
      proxy,
      timeoutMs: callTimeoutMs,
      send: (request) => send({ ...request, signal: AbortSignal.any([request.signal ?? giveUp, giveUp]) }),
    });
  const gate = new Gate({
    store,
    rate,
    clientWith,
    credentials: lastpass,
    callsInFlight,
    readiness,
    signal,
    metrics: told,
    log,
  });
  const claims = new Claims(store, instance);
  const queue = { target: configuration.redis, prefix: keys.queues };
  const peopleToPlan = ringerOf('people-to-plan', queue);
  const accountUpdates = ringerOf('account-updates', queue);
  let idsWanted = false;
  const onManyCreated = () => {
    idsWanted = true;
  };
  const directories = configuration.directories.map(({ id }) => id);
  const records = new Records({ store, claims, directories, onDelivered: told.delivered });
  const batchSize = () => rate.batchSize();
  /** Twice as many as a call takes, where that is less than it might be: some need one call, some another, which shall be full. */
  const toClaim = async () => Math.min(lastpass.batchSize, 2 * (await batchSize()));
  const { mode } = configuration.sync;
  const watched = { directories, policy: configuration.policy };
  const isAllowed = () => mayDeliver(store, mode);
  const readReviewed = reviewedReader(store, mode);
  /** What was loaded without a restriction must not be sent when a run of reviewed steps has begun meanwhile. */
  const isAllowedWith = async (reviewed: Reviewed | null) =>
    (await isAllowed()) && (reviewed !== null || !(await isRestricted(store, mode)));
  const commandMisses = new CommandMisses();
  const makeDurable = async () => {
    try {
      await store.makeDurable();
      readiness.solved('durability');
    } catch (error) {
      if (error instanceof NotDurable) readiness.problem('durability', `new accounts wait: ${error.message}`);
      throw error;
    }
  };
  const onKeyTrouble = (trouble: string | null) => {
    if (trouble === null) readiness.solved('federation');
    else readiness.problem('federation', trouble);
  };
  const delivering = {
    ...{ store, claims, records, commandMisses, log, signal, seats: new Seats(store, log) },
    ...{ provisioner: provisionerFor(service), onKeyTrouble },
    ...{ batchSize, onManyCreated, makeDurable, recentNames: new RecentNames(() => NameList.read(gate, signal)) },
  };

  /**
   * Delivers one batch, and rings for those in it who are to be planned again. Whatever happens, the batch is ended: its claims would hold
   * as long as this pusher lives.
   */
  const deliver = async (
    batch: Batch,
    { reviewed, overtake, callHelp }: { reviewed: Reviewed | null; overtake: () => Promise<void>; callHelp: boolean },
  ) => {
    const way = batch.ofLeavers ? gate.leavers : gate;
    told.delivering.began({});
    try {
      if (callHelp) await accountUpdates.ring({});
      await deliverBatch(
        { ...delivering, gate: way, reviewed, overtake, mayDeliver: () => isAllowedWith(reviewed) },
        batch,
      );
    } finally {
      await claims.end(batch);
      const people = batch.claimed.map(({ person }) => person);
      const listed = await redis.zmscore(keys.toPlan, ...people);
      await ringFor(
        peopleToPlan,
        people.filter((_, index) => listed[index] !== null),
      );
    }
  };

  /** Lets leavers overtake whatever a long batch still has to send. */
  const deliverLeavers = async () => {
    const reviewed = await readReviewed();
    const batch = await claims.take(await toClaim(), { leaversOnly: true, reviewed });
    if (batch !== null) await deliver(batch, { reviewed, overtake: async () => undefined, callHelp: false });
  };

  const deliverOutstanding = async () => {
    for (let isAlone = true; !signal.aborted && (await isAllowed()); ) {
      const atMost = await toClaim();
      await waitForFullBatch(store, { atMost, signal });
      const reviewed = await readReviewed();
      const batch = await claims.take(atMost, { reviewed });
      if (batch === null) return;
      // After a pause, or an outage of LastPass, one bell has rung for thousands: whoever answers one calls another to help.
      await deliver(batch, { reviewed, overtake: deliverLeavers, callHelp: isAlone });
      isAlone = false;
    }
  };

  let answering = 0;
  const answer = async () => {
    answering++;
    try {
      await deliverOutstanding();
    } finally {
      answering--;
    }
  };

  /**
   * Leavers go out even while everybody else's calls wait for an answer, or for how little LastPass bears. Where nobody waits, their bell is
   * answered, and nothing has to be looked for.
   */
  const deliverLeaversDue = async () => {
    if (answering === 0) return;
    if ((await redis.zcount(keys.leavers, '-inf', Date.now())) > 0 && (await isAllowed())) await deliverLeavers();
  };

  const onError = (error: Error) => {
    const isTold = error instanceof CredentialsRefused || error instanceof NotDurable || isRedisTrouble(error);
    if (isTold || isWanted(error)) return;
    if (error instanceof LastPassError) log.error({ code: error.code }, withoutAddresses(error.message));
    else log.error({ err: error }, error.message);
  };

  const sweep = async () => {
    const isDue = (await redis.zcount(keys.toDeliver, '-inf', Date.now())) > 0;
    if (isDue && (await isAllowed())) await accountUpdates.sweep({});
    const [mayTryAgain] = await Promise.all([
      gate.mayTryAgain(),
      endRunIfDone(store, watched, Date.now()),
      endReviewedRunIfDone(store, Date.now()),
    ]);
    if (mayTryAgain)
      await gate.call('getuserdata', (probe) => probe.readAccounts({ pageIndex: 0, pageSize: 1 }, signal));
  };

  const schedule = new ReadingSchedule(configuration.sync.accountsEvery);
  const reading = { store, gate, signal, pusher: instance, directories };
  const learnIdsIfWanted = async () => {
    if (!idsWanted || !(await isQuiet(store))) return;
    idsWanted = false; // more accounts may be made meanwhile
    let areLearnt = false;
    try {
      areLearnt = await learnIdsInTurn(reading);
    } finally {
      idsWanted ||= !areLearnt;
    }
  };
  const reread = async () => {
    const people = await rereadIfDue({
      ...reading,
      schedule,
      onDue: () => told.readingAccounts.began({}),
    });
    if (people !== null) told.readingAccounts.succeeded({});
    readiness.solved('accounts');
    if (people !== null) await peopleToPlan.ring({});
    await learnIdsIfWanted();
  };

  await claims.giveSignOfLife();
  const rounds = [
    every({ pauseMs: signOfLifeEveryMs, signal, onError }, () => claims.giveSignOfLife()),
    every({ pauseMs: sweepEveryMs, signal, onError }, sweep),
    every({ pauseMs: leaversEveryMs, signal, onError }, deliverLeaversDue),
    every(
      {
        pauseMs: rereadCheckEveryMs,
        signal,
        onError: (error) => {
          const isTold = readiness.has('lastpass') || error instanceof CredentialsRefused;
          if (!isTold && !isWanted(error) && !isRedisTrouble(error))
            readiness.problem('accounts', `the accounts can't be read: ${error.message}`);
        },
      },
      reread,
    ),
  ];
  const answers = answerBells('account-updates', {
    ...queue,
    concurrency: callsInFlight + 1, // one batch is made ready while the others wait for their answers
    onError,
    answer,
  });
  return {
    close: async () => {
      await answers.close();
      await Promise.all(rounds);
      await claims.sayGoodbye().catch(() => undefined); // without it, others wait until its sign of life runs out
      await Promise.all([peopleToPlan, accountUpdates].map((each) => each.close()));
    },
  };
}
