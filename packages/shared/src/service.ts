/**
 * The life of a service as a process: configuration, log, Redis, the surface for health and metrics, signals, and an end
 * within a limit. What the service does is the function it is given.
 */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger, pino } from 'pino';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Configuration, ConfigurationError, loadConfiguration, secretKeys } from './configuration.ts';
import { readDebugLog } from './debug-log.ts';
import { every } from './every.ts';
import { keepHeapLean } from './lean-heap.ts';
import { type Migration, MigrationUnderWay } from './migrations.ts';
import type { Condition } from './plan.ts';
import { Readiness } from './readiness.ts';
import { RecentLog } from './recent-log.ts';
import { isRedisTrouble, redisProblem } from './redis-trouble.ts';
import { SchemaMismatch } from './schema.ts';
import { headersFor } from './security-headers.ts';
import { openStore, type Store } from './store.ts';
import { startTracing } from './tracing.ts';

export type ServiceName = 'watcher' | 'reconciler' | 'pusher' | 'console';

/** What a service is given to do its work with. */
export interface Service {
  readonly name: ServiceName;
  /** Tells this process from every other one. */
  readonly instance: string;
  readonly configuration: Configuration;
  readonly store: Store;
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly metrics: Registry;
  /** Given when the service should end. */
  readonly signal: AbortSignal;
}

/** The work under way; closing it lets what was begun come to its end. */
export interface Running {
  close(): Promise<void>;
}

/**
 * How long a service takes at most to end, ms: whoever stops it kills it after a while (Docker: 10 s). What it waits for then
 * won't come; it is no worse than being killed, which nothing is lost by.
 */
const closeWithinMs = 7_000;
/** A Redis that doesn't answer for so long at the end isn't waited for, ms: nothing could be written down anyway. */
const redisWithinMs = 1_500;
/** So long it takes at most to learn that a pipe is broken, ms. */
const noticeWithinMs = 100;
const conditionEveryMs = 2_000;
/** In one of so many of these rounds, the settings of Redis are looked at. */
const settingsEveryRounds = 5;
/** The delay of the event loop is measured so often, ms: the default of 10 wakes an idle process a hundred times a second. */
const lagPrecisionMs = 250;

/** Secrets that must never reach the log, whatever object they hang on (promise 9). */
const redact = {
  paths: secretKeys.flatMap((key) => [key, `*.${key}`]),
  censor: '[secret]',
};

/** An error as the log may show it: libraries hang commands with their arguments on theirs, people's data and passwords. */
const plainError = ({ name, message, stack }: Error) => ({ name, message, stack });

function readConfiguration(): Configuration {
  try {
    return loadConfiguration();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** What Fastify refuses by itself, such as an address that is too long, passes no hook. */
function refuse(error: FastifyError, _: FastifyRequest, reply: FastifyReply): void {
  reply
    .code(error.statusCode ?? 400)
    .headers(headersFor('plain'))
    .send(error);
}

/** What proxies add to requests. Whoever adds one without being one only gets less. */
const forwardedBy = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/**
 * Ends the process. pino is given a moment first to notice that nobody reads its lines any more: at the exit it would try for ever to hand the last
 * ones over (sonic-boom's `flushSync`, as of 4.2.1).
 */
async function leave(code: number): Promise<void> {
  await sleep(noticeWithinMs);
  process.exit(code);
}

interface SurfaceOptions {
  readonly readiness: Readiness;
  readonly metrics: Registry[];
  /** Whose word for where a request comes from is taken. */
  readonly trustedProxies: readonly string[];
}

/** Health for the container engine, readiness with reasons for people, metrics for Prometheus. */
function surfaceOf({ readiness, metrics, trustedProxies }: SurfaceOptions) {
  const app = Fastify({ logger: false, frameworkErrors: refuse, trustProxy: [...trustedProxies] });
  app.addHook('onRequest', async (_, reply) => void reply.headers(headersFor('plain'))); // of whatever there isn't, too
  app.get('/healthz', () => ({ status: 'alive' }));
  app.get('/readyz', (_, reply) =>
    reply.code(readiness.ready ? 200 : 503).send({ ready: readiness.ready, problems: readiness.problems }),
  );
  app.get('/metrics', async ({ headers }, reply) => {
    // Prometheus asks each process itself. What came through a proxy comes from where the page is open to, which needs no figures.
    if (forwardedBy.some((name) => headers[name] !== undefined)) return reply.callNotFound();
    const all = Registry.merge(metrics);
    return reply.type(all.contentType).send(await all.metrics());
  });
  return app;
}

/** Tells Prometheus how it is: at every scrape, whatever else is away. */
function tellStanding(
  register: Registry,
  { readiness, redisAnswers }: { readiness: Readiness; redisAnswers: () => Promise<boolean> },
): void {
  new Gauge({
    name: 'connector_ready',
    help: '1 while nothing stands in the way of this process, else 0: /readyz tells what does',
    registers: [register],
    collect() {
      this.set(Number(readiness.ready));
    },
  });
  new Gauge({
    name: 'connector_redis_up',
    help: '1 while Redis answers this process and suits it, else 0: what would be known from Redis is missing then',
    registers: [register],
    async collect() {
      this.set(Number(await redisAnswers()));
    },
  });
}

export interface ServiceOptions {
  /** Adds what the service shows besides its health; called before the surface listens, while Redis may not be there yet. */
  readonly pages?: (surface: FastifyInstance, service: Service) => Promise<void>;
  /** Steps to the version of Redis' data that the service needs; those of this release, unless a test has others. */
  readonly migrations?: readonly Migration[];
}

/**
 * Runs a service until a signal ends it.
 * @param start begins the work; called once Redis is there and suits
 */
export async function runService(
  name: ServiceName,
  start: (service: Service) => Promise<Running>,
  { pages, migrations }: ServiceOptions = {},
): Promise<void> {
  keepHeapLean();
  const configuration = readConfiguration();
  const { redis, http } = configuration;
  const instance = `${hostname()}-${process.pid}-${Date.now().toString(36)}`;
  const recentLog = new RecentLog();
  const log = pino({
    base: { service: name },
    redact,
    hooks: { streamWrite: recentLog.note },
    serializers: { err: plainError },
    level: process.env['LOG_LEVEL'] ?? 'info',
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  const readiness = new Readiness(log);
  const metrics = new Registry();
  const ofProcess = new Registry();
  collectDefaultMetrics({ register: ofProcess, eventLoopMonitoringPrecision: lagPrecisionMs });
  const store = openStore({ target: redis, prefix: redis.prefix, name, ...(migrations ? { migrations } : {}) });
  let lastError: Error | null = null; // ioredis tells a command only that it gave up, and why by an event
  store.redis.on('error', (error: Error) => {
    lastError = error;
  });
  store.redis.on('ready', () => {
    lastError = null;
  });
  const stop = new AbortController();
  const trustedProxies = name === 'console' ? (configuration.console?.trustedProxies ?? []) : [];
  const endTracing = await startTracing({ service: `connector-${name}`, instance, log });
  const surface = surfaceOf({ readiness, metrics: [ofProcess, metrics], trustedProxies });
  const port = Number(process.env['CONNECTOR_PORT'] ?? http[name]);
  const host = process.env['CONNECTOR_HOST'] ?? http.host; // a container's image knows better than a configuration
  readiness.notYet('start', `the ${name} is starting`);

  const service: Service = { name, instance, configuration, store, log, readiness, metrics, signal: stop.signal };
  let running: Promise<Running> | undefined;
  const startedAtMs = Date.now();
  let told = '';
  const standing = () => JSON.stringify([readiness.ready, readiness.problems]);
  const tellCondition = async () => {
    told = standing();
    const condition: Condition = {
      ready: readiness.ready,
      problems: readiness.problems,
      atMs: Date.now(),
      startedAtMs,
      pid: process.pid,
      host: hostname(),
    };
    await store.redis.hset(store.keys.services, `${name}/${instance}`, JSON.stringify(condition));
  };
  const onStep = (from: number, to: number) => log.warn(`what is in Redis is brought from version ${from} to ${to}`);
  /** Looks at Redis, and makes sure that what is in it is of this release. */
  const ofThisRelease = async (look: () => Promise<void>) => {
    try {
      await look();
    } catch (error) {
      if (!(error instanceof SchemaMismatch)) throw error;
      // Another release has been here meanwhile: whatever this process knows may mean something else by now.
      if (running !== undefined) await end(error.message);
      if (!error.isOutdated) throw error;
      await store.migrate({ migrator: instance, onStep });
    }
  };
  let timeline: string | null = null;
  const noticeTimeline = async () => {
    const { raw } = await store.notice();
    if (timeline !== null && raw !== timeline)
      log.warn(
        'Redis was restarted, replaced or emptied, and may have forgotten something: what is true is found out anew',
      );
    timeline = raw;
  };
  let roundsUntilChecked = 0;
  store.redis.on('ready', () => {
    roundsUntilChecked = 0; // another server may answer than before
  });
  /** How Redis is set is looked at less often than whether it has forgotten something. */
  const checkSettings = async () => {
    if (roundsUntilChecked > 0) return void roundsUntilChecked--;
    await store.check();
    roundsUntilChecked = settingsEveryRounds - 1;
  };
  const usualLevel = log.level;
  /** Tells more while somebody wants it. */
  const followDebugLog = async () => {
    const wanted = await readDebugLog(store, Date.now());
    const isOn = log.level !== usualLevel;
    if (log.isLevelEnabled('debug') && !isOn) return; // the environment wants it anyway
    if (isOn === (wanted !== null)) return;
    log.level = wanted === null ? usualLevel : 'debug';
    const until = wanted === null ? null : new Date(wanted.untilMs).toISOString();
    log.info({ by: wanted?.by }, until === null ? 'the debug log is off' : `the debug log is on until ${until}`);
  };
  const watchRedis = async () => {
    await ofThisRelease(checkSettings);
    await ofThisRelease(noticeTimeline);
    await followDebugLog();
    recentLog.takesInfo = log.isLevelEnabled('debug');
    await tellCondition(); // fails where Redis takes no writes
    await recentLog.write(store);
    readiness.solved('redis');
    running ??= start(service).then((begun) => {
      readiness.solved('start');
      return begun;
    });
    await running.catch((error: Error) => {
      running = undefined; // tried again in the next round, with metrics of its own
      metrics.clear();
      if (isRedisTrouble(error)) throw error;
      readiness.problem('start', `the ${name} can't start: ${error.message}`);
    });
    if (standing() !== told) await tellCondition();
  };

  const redisAnswers = async () => {
    if (readiness.has('redis')) return false;
    const answered = store.redis.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([answered, sleep(redisWithinMs, false, { ref: false })]);
  };

  tellStanding(ofProcess, { readiness, redisAnswers });

  const end = async (reason: string) => {
    if (stop.signal.aborted) return;
    log.info({ reason }, `the ${name} ends`);
    const waitNoLonger = (why: string) => {
      log.warn(`the ${name} waits no longer${why}: what was under way is taken up by the next one`);
      return leave(0);
    };
    setTimeout(() => void waitNoLonger(''), closeWithinMs).unref();
    stop.abort();
    const closing = running?.then(
      (begun) => begun.close(),
      () => undefined, // it never began, and the reason is told
    );
    if (!(await redisAnswers())) return waitNoLonger(" for Redis, which doesn't answer");
    await closing;
    await surface.close();
    await recentLog.write(store);
    await endTracing();
    await store.redis
      .hdel(store.keys.services, `${name}/${instance}`)
      .catch(() => log.warn("Redis didn't answer at the end"));
    await leave(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      end(signal).catch((error: Error) => {
        log.error({ err: error }, `the ${name} ended badly`);
        void leave(1);
      });
    });
  }

  await pages?.(surface, service);
  try {
    await surface.listen({ host, port });
  } catch (error) {
    process.stderr.write(
      `${name}: port ${port} on ${host} can't be used (${(error as NodeJS.ErrnoException).code}); change http.${name} or CONNECTOR_PORT\n`,
    );
    process.exit(1);
  }
  log.info({ address: surface.addresses()[0] }, `the ${name} is up`);
  await every(
    {
      pauseMs: conditionEveryMs,
      signal: stop.signal,
      onError: (error) => {
        if (error instanceof MigrationUnderWay) readiness.notYet('redis', error.message);
        else readiness.problem('redis', redisProblem(error, { redis, lastError }));
      },
    },
    watchRedis,
  );
}
