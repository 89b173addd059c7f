/**
 * Tells administrators what wants them. Two things go on side by side, and neither waits for the other: looking at what holds, and sending what
 * was found. The sync waits for neither.
 */
import { randomUUID } from 'node:crypto';
import { every, later, pause } from '@connector/shared/every.ts';
import type { NotificationSettings } from '@connector/shared/notification-settings.ts';
import { isRedisTrouble } from '@connector/shared/redis-trouble.ts';
import type { Running, Service } from '@connector/shared/service.ts';
import { nameOf } from './condition.ts';
import { conditionsOf } from './conditions-of.ts';
import { readFacts } from './facts.ts';
import { bodyOf } from './message.ts';
import { readNamed } from './named-people.ts';
import {
  dropUnreadable,
  dueOf,
  keptForMs,
  outdatedBy,
  outgoingWrite,
  postpone,
  readOutbox,
  remove,
  type Waiting,
} from './outbox.ts';
import { renewEveryMs, Turn } from './turn.ts';
import { NotSent, sendWithinMs, type Way } from './way.ts';
import { waysOf } from './ways.ts';
import { type Event, noticedIn, whatToTell } from './what-to-tell.ts';

/** How often it is looked whether anything is to be sent, ms. */
const sendEveryMs = 1_000;
/** How often it is looked what holds, ms: a third of what lasts long enough to be told, but within these. */
const looksEveryMs = { least: 500, most: 10_000 };

/** At the end a message that is just being sent is waited for so long, ms. It stays in the outbox, and the turn is another console's at once. */
const endWithinMs = 2_000;

type Notifying = Pick<Service, 'configuration' | 'store' | 'log' | 'instance' | 'signal'>;

/** Begins, if anything is configured. */
export function startNotifier(service: Notifying): Running {
  const { notifications } = service.configuration;
  if (notifications === null) {
    const forgetting = forgetEverything(service);
    return { close: () => forgetting };
  }
  const notifier = new Notifier(service, notifications, waysOf(notifications));
  const running = notifier.run();
  return { close: () => running };
}

/** Logs what went wrong, but not the same again and again. */
function tellOnce(log: Notifying['log']): (error: Error) => void {
  let told = '';
  return (error) => {
    if (isRedisTrouble(error) || error.message === told) return; // Redis' trouble is told by the service, once
    told = error.message;
    log.error({ err: error }, `notifications are in trouble: ${error.message}`);
  };
}

/**
 * Nobody is to be told any more: what waits would wait for ever, and what was noticed would be told as over, months later. While another
 * console still tells, as in a rolling restart, it isn't touched.
 */
async function forgetEverything({ store, signal, log }: Notifying): Promise<void> {
  const { redis, keys, commit } = store;
  const onError = tellOnce(log);
  for (; !signal.aborted; await pause(renewEveryMs, signal)) {
    try {
      if ((await redis.exists(keys.outbox, keys.noticed)) === 0) return;
      const guards = [{ command: ['GET', keys.notifier], is: null }];
      const { committed } = await commit({ guards, writes: [['DEL', keys.outbox, keys.noticed]] });
      if (!committed) continue;
      log.info('notifications are not configured any more: what was to be told is forgotten');
      return;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      onError(error); // and it is tried again
    }
  }
}

class Notifier {
  readonly #service: Notifying;
  readonly #settings: NotificationSettings;
  readonly #ways: readonly Way[];
  readonly #turn: Turn;
  /** Given when no answer is waited for any more. */
  readonly #givenUp: AbortSignal;

  constructor(service: Notifying, settings: NotificationSettings, ways: readonly Way[]) {
    this.#service = service;
    this.#settings = settings;
    this.#ways = ways;
    this.#turn = new Turn(service.store, service.instance);
    this.#givenUp = later(service.signal, { byMs: endWithinMs });
  }

  /** Goes on until the signal is given, and what is just being sent has an answer or is given up. */
  async run(): Promise<void> {
    const { signal, log } = this.#service;
    const { least, most } = looksEveryMs;
    const lookEveryMs = Math.min(most, Math.max(least, this.#settings.settleFor / 3));
    const onError = tellOnce(log);
    const round = (pauseMs: number, work: () => Promise<void>) => every({ pauseMs, signal, onError }, work);
    await Promise.all([
      round(renewEveryMs, () => this.#turn.keep()),
      round(lookEveryMs, async () => {
        if (this.#turn.isOurs) await this.#look();
      }),
      ...this.#ways.map((way) =>
        round(sendEveryMs, async () => {
          if (this.#turn.isOurs) await this.#sendDue(way);
        }),
      ),
    ]);
    await this.#turn.release().catch(onError);
  }

  /** Looks at what holds. What is to be told, and that it is, are written in one transaction. */
  async #look(): Promise<void> {
    const { store, configuration, log } = this.#service;
    const { redis, keys, commit } = store;
    await this.#forgetUseless();
    const { noSuccessFor: noSuccessMs, settleFor: settleMs } = this.#settings;
    const nowMs = Date.now();
    const raw = await redis.get(keys.noticed);
    const facts = await readFacts(store, configuration, { nowMs, noSuccessMs });
    const patience = { noSuccessMs, settleMs, accountsEveryMs: configuration.sync.accountsEvery };
    const { after, events } = whatToTell(noticedIn(raw), conditionsOf(facts, patience), { nowMs, settleMs });
    const next = JSON.stringify(after);
    if (next === raw || (raw === null && Object.keys(after.conditions).length === 0)) return;
    const writes = await this.#outgoing(events);
    const { committed } = await commit({
      guards: [{ command: ['GET', keys.noticed], is: raw }, this.#turn.guard],
      writes: [['SET', keys.noticed, next], ...writes],
    });
    if (!committed) return; // another console tells now
    for (const { kind, subject, phase, count } of events)
      log.info({ condition: kind, subject, phase, count }, 'administrators are to be told');
  }

  async #outgoing(events: readonly Event[]): Promise<string[][]> {
    if (events.length === 0) return [];
    const { store, configuration } = this.#service;
    const { keys } = store;
    const waiting = await readOutbox(store);
    const writes = events.map(async (event) => {
      const name = nameOf(event);
      const people = this.#settings.names && event.phase !== 'over' ? await readNamed(store, event.kind) : null;
      const body = bodyOf(event, { connector: configuration.redis.prefix, people });
      const message = { id: `msg_${randomUUID()}`, body };
      const outdated = outdatedBy(waiting, name).map(({ field }) => ['HDEL', keys.outbox, field]);
      const sent = this.#ways.map((way) => outgoingWrite(keys, way.name, message, { name, atMs: event.atMs }));
      return [...outdated, ...sent];
    });
    return (await Promise.all(writes)).flat();
  }

  /** What was to go out a way that isn't configured any more never will, nor what nobody could read for days. */
  async #forgetUseless(): Promise<void> {
    const { store, log } = this.#service;
    for (const field of await dropUnreadable(store, Date.now()))
      log.error({ notification: field }, `a notification is given up: this release can't read it`);
    const configured = new Set(this.#ways.map(({ name }) => name));
    for (const waiting of await readOutbox(store)) if (!configured.has(waiting.way)) await remove(store, waiting);
  }

  async #sendDue(way: Way): Promise<void> {
    const { store, signal } = this.#service;
    for (const waiting of dueOf(await readOutbox(store), way.name, Date.now())) {
      if (signal.aborted || !this.#turn.lastsFor(sendWithinMs)) return;
      await this.#send(way, waiting);
    }
  }

  async #send(way: Way, waiting: Waiting): Promise<void> {
    const { store, log } = this.#service;
    const { id, body, attempts, atMs } = waiting;
    const about = { way: way.name, to: way.to, notification: id, type: body.type };
    try {
      const answer = await way.send({ id, body }, this.#givenUp);
      log.info({ ...about, answer, attempts: attempts + 1 }, 'a notification was sent');
      await remove(store, waiting);
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      if (this.#givenUp.aborted)
        return void log.info(about, 'a notification had no answer at the end, and is sent again');
      const nowMs = Date.now();
      if (nowMs - atMs > keptForMs) {
        log.error({ ...about, attempts: attempts + 1 }, `a notification is given up: ${error.message}`);
        await remove(store, waiting);
        return;
      }
      const { nextTryAtMs } = await postpone(store, waiting, { failure: error.message, nowMs });
      const again = Math.round((nextTryAtMs - nowMs) / 1_000);
      log.warn(
        { ...about, attempts: attempts + 1 },
        `a notification wasn't sent, and is tried again in ${again} s: ${error.message}`,
      );
    }
  }
}
