/**
 * The queue dashboard: bull-board at /queues, to be looked at; an administrator's session may also have what failed tried again, which rings a bell
 * once more. Its pages come from this host alone, and neither its other routes that change something nor what our jobs say of people exist here;
 * whom they are about is to be seen beside it, at /queues-with-people.
 */
import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import { openQueues, type QueueOptions } from '@connector/shared/queues.ts';
import { headersFor } from '@connector/shared/security-headers.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Admission, boardCsrfCookie, type Door, sessionCookie } from '../access/door.ts';
import type { OpenSession } from '../access/sessions.ts';
import { signInPath } from '../access/sign-in-path.ts';
import { HiddenJobs, ShownJobs } from './hidden-jobs.ts';
import { queuesPath, queuesWithPeoplePath } from './paths.ts';

export interface DashboardOptions extends QueueOptions {
  /** Who may look. */
  readonly door: Door;
  /** Whether people are shown to the session with a secret. */
  readonly isShown: (secret: string) => Promise<boolean>;
  /** Told of whatever is tried again, and by whom. */
  readonly log: Logger;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of the administrator who asks: it may have failed jobs tried again. `null`: one may only look. */
    retrier: OpenSession | null;
  }
}

type Welcome = Extract<Admission, { kind: 'welcome' }>;
/** Whether somebody who was let in may see it all. */
type MayPass = (request: FastifyRequest, admission: Welcome) => Promise<boolean>;

const sayToken =
  'The queue dashboard asks for a token, as "connector create-token" makes it, or for that of console.token: as the password, under any user name, or as "Authorization: Bearer …".\n';

const sayAsk =
  'People are shown to an administrator who has asked for it, for a quarter of an hour: with the button on the console’s page, or POST /api/v1/queues/reveal in a session. Without them, the queues are at /queues/.\n';

const cannotTell = "Whose the token is can't be told: Redis doesn't answer as it should, see /readyz.\n";

const sayRetry =
  'Only an administrator who has signed in to the console may have failed jobs tried again, on the page of the queues itself: a viewer or a token may not.';
const sayNothingElse =
  'Here, failed jobs can be tried again, and nothing else be changed: jobs only ring, so removing, adding or editing one would change nothing, and a paused queue would hide from everybody that nobody is synced. "connector pause" stops deliveries, and says so.';

/** bull-board's routes by which failed jobs are tried again, one or all of a queue. */
const retrying: ReadonlySet<string> = new Set([
  '/api/queues/:queueName/:jobId/retry',
  '/api/queues/:queueName/retry/:queueStatus',
]);

const isLooking = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';

/** Its page asks so every few seconds, whoever is at it: a session isn't used by that. */
const isPolling = (request: FastifyRequest): boolean => isLooking(request) && /^\/[^/]+\/api\//.test(request.url);

/** Whoever doesn't look may only have something tried again. What is refused is shown by bull-board, from `error`. */
function changesNothingElse(path: string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const route = request.routeOptions.url?.slice(path.length) ?? '';
    if (isLooking(request) || retrying.has(route)) return undefined;
    return reply.code(405).header('allow', 'GET, HEAD').send({ error: sayNothingElse });
  };
}

/** Lets those pass who have signed in, or send a token; browsers go where one signs in. */
function guardOf(door: Door, mayPass: MayPass = async () => true) {
  const admit = async (request: FastifyRequest) => {
    const admission = await door.admit(request, { byPassword: true, isUse: !isPolling(request) });
    if (admission.kind !== 'welcome') return admission.kind;
    const isRetrier = admission.session !== undefined && admission.who.role === 'administrator';
    request.retrier = isRetrier ? admission.session : null;
    if (!isRetrier && !isLooking(request)) return 'looks only';
    return (await mayPass(request, admission)) ? 'welcome' : 'not enough';
  };
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const kind = await admit(request).catch(() => 'unknown' as const);
    if (kind === 'unknown') return reply.code(503).type('text/plain').send(cannotTell);
    if (kind === 'welcome') return undefined;
    if (kind === 'looks only' || kind === 'forged') return reply.code(403).send({ error: sayRetry });
    if (kind === 'not enough') return reply.code(403).type('text/plain').send(sayAsk);
    if (kind === 'too many')
      return reply.code(429).header('retry-after', '5').type('text/plain').send('Too many wrong tokens: wait.\n');
    const { accept = '', authorization } = request.headers;
    if (authorization === undefined && accept.includes('text/html')) return reply.redirect(signInPath(request.url));
    return reply
      .code(401)
      .header('www-authenticate', 'Basic realm="Queues of the connector", charset="UTF-8"')
      .type('text/plain; charset=utf-8')
      .send(sayToken);
  };
}

/** Its page asks a font of another host, which would then know of us, and which the security policy forbids. */
const withoutForeignLinks = (page: string): string => page.replaceAll(/<link\b[^>]*\bhref="https?:[^>]*>/g, '');

/** Lets only those pass who have asked for people to be shown, and may. */
const askedFor =
  (isShown: (secret: string) => Promise<boolean>): MayPass =>
  async ({ cookies }, { who, session }) => {
    const secret = session === undefined ? undefined : cookies[sessionCookie];
    return secret !== undefined && who.role === 'administrator' && (await isShown(secret));
  };

/** What bull-board answers to who asks for the queues: whether they are to be looked at only is told with each. */
const listed = z.looseObject({
  queues: z.array(z.looseObject({ readOnlyMode: z.boolean(), allowCompletedRetries: z.boolean() })),
});

/** Its page shows buttons to those who may use one of them. */
function asFarAsOneMay({ retrier }: FastifyRequest, answer: unknown): unknown {
  const { data } = listed.safeParse(answer);
  if (data === undefined) return answer;
  const may = { readOnlyMode: retrier === null, allowCompletedRetries: false };
  return { ...data, queues: data.queues.map((queue) => ({ ...queue, ...may })) };
}

/** The page's script reads it, and no other site's does. */
const cookieOptions = { secure: true, sameSite: 'strict' } as const;

/** Which jobs are to be tried again, as bull-board's routes name them. */
const named = z.object({ queueName: z.string(), jobId: z.string().optional(), queueStatus: z.string().optional() });

/** Only what failed is tried again: bull-board would do so with what was done, too. */
function failedOnly(queues: readonly ShownJobs[]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (isLooking(request)) return undefined;
    const { queueName, jobId, queueStatus } = named.parse(request.params);
    const job =
      jobId === undefined ? undefined : await queues.find((queue) => queue.getName() === queueName)?.getJob(jobId);
    const state = jobId === undefined ? queueStatus : await job?.getState();
    return state === 'failed' ? undefined : reply.code(409).send({ error: 'Only what failed can be tried again.' });
  };
}

interface Board {
  readonly path: string;
  readonly title: string;
  readonly queues: readonly ShownJobs[];
  readonly guard: ReturnType<typeof guardOf>;
  readonly log: Logger;
}

async function addBoard(surface: FastifyInstance, { path, title, queues, guard, log }: Board): Promise<void> {
  const adapter = new FastifyAdapter();
  createBullBoard({
    queues,
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: title, hideDocsLink: true } },
  });
  adapter.setBasePath(path);
  await surface.register(
    async (scope) => {
      scope.decorateRequest('retrier', null);
      scope.addHook('onRequest', async (_, reply) => void reply.headers(headersFor('foreign')));
      scope.addHook('onRequest', changesNothingElse(path));
      scope.addHook('onRequest', guard);
      scope.addHook('preHandler', failedOnly(queues));
      scope.addHook('preSerialization', async (request, _, answer) => asFarAsOneMay(request, answer));
      scope.addHook('onSend', async ({ retrier }, reply, page) => {
        if (typeof page !== 'string' || !String(reply.getHeader('content-type')).startsWith('text/html')) return page;
        if (retrier !== null) reply.setCookie(boardCsrfCookie, retrier.csrfToken, { ...cookieOptions, path });
        return withoutForeignLinks(page);
      });
      scope.addHook('onResponse', async (request, { statusCode }) => {
        if (isLooking(request) || statusCode >= 300) return;
        log.info({ by: request.retrier?.who.name, what: request.params }, 'failed jobs are tried again');
      });
      scope.setNotFoundHandler((_, reply) => reply.code(404).type('text/plain').send('There is nothing here.\n'));
      await scope.register(adapter.registerPlugin());
    },
    { prefix: path },
  );
}

/**
 * Adds the dashboard, and beside it one that shows people: a board that hides them can't show them by mistake. Their connection to Redis closes with
 * the surface.
 */
export async function addQueueDashboard(
  surface: FastifyInstance,
  { door, isShown, log, ...where }: DashboardOptions,
): Promise<void> {
  const { queues, close } = openQueues(where);
  surface.addHook('onClose', close);
  await addBoard(surface, {
    path: queuesPath,
    title: 'Queues',
    queues: queues.map((queue) => new HiddenJobs(queue)),
    guard: guardOf(door),
    log,
  });
  await addBoard(surface, {
    path: queuesWithPeoplePath,
    title: 'Queues, with people',
    queues: queues.map((queue) => new ShownJobs(queue)),
    guard: guardOf(door, askedFor(isShown)),
    log,
  });
}
