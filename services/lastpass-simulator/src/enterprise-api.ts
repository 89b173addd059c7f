/**
 * `POST /enterpriseapi.php`: the surface that a connector talks to.
 *
 * One call: log it, look at its credentials, wait out the delays, let a fault strike before or after, carry the command
 * out in between, answer. Everything that touches the tenant happens in one synchronous step.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from './calls.ts';
import { execute } from './command.ts';
import type { Fate, Strike } from './faults.ts';
import { masterKeysIn } from './master-key.ts';
import type { Answer } from './outcome.ts';
import { type ApiRequest, isAuthorized, readRequest } from './request.ts';
import type { Simulation } from './simulation.ts';
import { strikeReply } from './strike.ts';
import { ANSWER_TYPE, AUTHORIZATION_ERROR, toBody } from './wire.ts';

export const API_PATH = '/enterpriseapi.php';

const BODY_LIMIT_BYTES = 32 * 1024 * 1024;

/** Stands for whatever content type a call comes with, be it none or nonsense. */
const ANY_TYPE = 'application/octet-stream';

/** Registers the route. Bodies are parsed here, since LastPass takes JSON under any content type, or none. */
export async function enterpriseApi(app: FastifyInstance, { simulation }: { simulation: Simulation }): Promise<void> {
  const closing = new AbortController();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(ANY_TYPE, { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('onRequest', async (request) => {
    request.headers['content-type'] = ANY_TYPE;
  });
  app.addHook('preClose', async () => closing.abort());
  app.post(API_PATH, { bodyLimit: BODY_LIMIT_BYTES }, (request, reply) =>
    answer({ simulation, request, reply, closing: closing.signal }),
  );
}

type Exchange = { simulation: Simulation; reply: FastifyReply; closing: AbortSignal };

async function answer({ request, ...exchange }: Exchange & { request: FastifyRequest }): Promise<FastifyReply> {
  const { simulation, reply } = exchange;
  const asked = readRequest(typeof request.body === 'string' ? request.body : '');
  const call = begin(exchange, asked);
  if (asked === null || !isAuthorized(asked, simulation.settings)) {
    Object.assign(call, { outcome: 'unauthorized', httpStatus: 200, delivered: true } satisfies Partial<Call>);
    return reply.type(ANSWER_TYPE).send(AUTHORIZATION_ERROR);
  }
  const fate = simulation.faults.fateOf(asked);
  call.fault = nameOf(fate);
  await pass({ ...exchange, asked, call, fate });
  return reply;
}

function begin({ simulation, reply }: Exchange, asked: ApiRequest | null): Call {
  const call = simulation.calls.begin({
    cmd: asked?.cmd ?? '',
    data: asked?.data,
    secret: simulation.settings.provhash,
    nowMs: simulation.nowMs(),
  });
  let isWhole = false;
  reply.raw.once('finish', () => {
    isWhole = true;
  });
  reply.raw.once('close', () => {
    call.durationMs = simulation.nowMs() - call.timeMs;
    call.delivered &&= isWhole;
  });
  return call;
}

const NO_PASSWORDS: ReadonlyMap<string, string> = new Map();

type Passage = Exchange & { asked: ApiRequest; call: Call; fate: Fate };

async function pass(passage: Passage): Promise<void> {
  const { simulation, fate, call, closing } = passage;
  await wait(simulation.settings.latencyMs + fate.delayBeforeMs, closing);
  if (fate.strike?.phase === 'before' && (await struck({ ...passage, strike: fate.strike, body: '{"status":"OK"}' }))) {
    call.outcome = 'fault';
    return;
  }
  const masterKeys = passage.asked.cmd === 'batchadd' ? await masterKeysIn(passage.asked.data) : NO_PASSWORDS;
  const { body, httpStatus } = carryOut({ ...passage, masterKeys });
  await wait(fate.delayAfterMs, closing);
  if (fate.strike?.phase === 'after' && (await struck({ ...passage, strike: fate.strike, body }))) return;
  Object.assign(call, { httpStatus, delivered: true } satisfies Partial<Call>);
  passage.reply.code(httpStatus).type(ANSWER_TYPE).send(body);
}

/** Lets the strike fall; whether the call ended with it. */
async function struck({ strike, body, ...passage }: Passage & { strike: Strike; body: string }): Promise<boolean> {
  const { simulation, reply, call } = passage;
  if (strike.kind === 'message') return false;
  if (strike.kind === 'hang') return (await hang(passage)) === 'gone';
  strikeReply(strike, { reply, settings: simulation.settings, body });
  call.httpStatus = reply.sent && strike.kind !== 'reset' ? reply.statusCode : null;
  if (strike.kind === 'fail') call.errors = [strike.error].flat();
  return true;
}

/** Holds the call until the faults are replaced, or the caller or the simulator goes. */
async function hang({ simulation, reply, closing }: Passage): Promise<'released' | 'gone'> {
  const gone = Promise.withResolvers<'gone'>();
  const leave = () => gone.resolve('gone');
  reply.raw.once('close', leave);
  closing.addEventListener('abort', leave, { once: true });
  const end = await Promise.race([simulation.faults.released().then(() => 'released' as const), gone.promise]);
  closing.removeEventListener('abort', leave);
  if (end === 'gone') {
    reply.hijack();
    reply.raw.destroy();
  }
  return end;
}

/** Carries the command out and notes what it did. */
function carryOut({
  simulation,
  reply,
  asked,
  call,
  fate,
  masterKeys,
}: Passage & { masterKeys: ReadonlyMap<string, string> }): { body: string; httpStatus: number } {
  const { tenant, settings, emailChanges } = simulation;
  const { answer: result, changes } = execute(tenant, asked, {
    settings,
    now: new Date(simulation.nowMs()),
    source: reply.request.ip,
    emailChanges,
    masterKeys,
    poisoned: fate.poisoned,
  });
  const caller = { username: asked.apiuser ?? 'API', ipAddress: reply.request.ip, nowMs: simulation.nowMs() };
  tenant.record(caller);
  if (changes.length > 0) simulation.onChange();
  Object.assign(call, { changes, executed: true, ...verdict(result) } satisfies Partial<Call>);
  const slowDown = fate.strike?.kind === 'message' ? { message: fate.strike.message } : {};
  return { body: toBody(result, settings, slowDown), httpStatus: statusOf(result) };
}

function statusOf({ kind }: Answer): number {
  if (kind === 'too-large') return 413;
  return kind === 'too-often' ? 429 : 200;
}

function verdict(result: Answer): Pick<Call, 'outcome' | 'errors'> {
  switch (result.kind) {
    case 'done':
    case 'listed':
    case 'shared':
    case 'reported':
    case 'expired':
      return { outcome: 'ok', errors: [] };
    case 'failed':
      return { outcome: 'refused', errors: result.errors };
    case 'partly':
      return { outcome: 'partly', errors: result.errors };
    case 'switched':
      return { outcome: result.errors.length > 0 ? 'partly' : 'ok', errors: result.errors };
    case 'not-listed':
      return { outcome: 'refused', errors: [`${result.username} is not a valid user.`] };
    case 'too-large':
      return { outcome: 'refused', errors: [`more than ${result.largestBatch} entries`] };
    case 'too-often':
      return { outcome: 'refused', errors: ['too many calls within a second'] };
    default:
      return result satisfies never;
  }
}

function nameOf({ strike, delayBeforeMs, delayAfterMs, poisoned }: Fate): string | null {
  if (strike !== null) return strike.kind;
  if (poisoned.size > 0) return 'poison';
  return delayBeforeMs + delayAfterMs > 0 ? 'latency' : null;
}

/** Waits; the end of the simulator ends it early. */
async function wait(delayMs: number, closing: AbortSignal): Promise<void> {
  if (delayMs === 0 || closing.aborted) return;
  await Promise.race([sleep(delayMs, undefined, { signal: closing })]).catch((error: unknown) => {
    if (!closing.aborted) throw error;
  });
}
