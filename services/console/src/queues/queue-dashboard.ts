/**
 * The queue dashboard: bull-board at /queues, to be looked at only. Its pages come from this host alone, and neither its
 * routes that change something nor what our jobs say of people exist here; whom they are about is to be seen beside it, at /queues-with-people.
 */
import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import { openQueues, type QueueOptions } from '@connector/shared/queues.ts';
import { headersFor } from '@connector/shared/security-headers.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Admission, type Door, sessionCookie } from '../access/door.ts';
import { signInPath } from '../access/sign-in-path.ts';
import { HiddenJobs, ShownJobs } from './hidden-jobs.ts';
import { queuesPath, queuesWithPeoplePath } from './paths.ts';

export interface DashboardOptions extends QueueOptions {
  /** Who may look. */
  readonly door: Door;
  /** Whether people are shown to the session with a secret. */
  readonly isShown: (secret: string) => Promise<boolean>;
}

type Welcome = Extract<Admission, { kind: 'welcome' }>;
/** Whether somebody who was let in may see it all. */
type MayPass = (request: FastifyRequest, admission: Welcome) => Promise<boolean>;

const sayToken =
  'The queue dashboard asks for a token, as "connector create-token" makes it, or for that of console.token: as the password, under any user name, or as "Authorization: Bearer …".\n';

const sayAsk =
  'People are shown to an administrator who has asked for it, for a quarter of an hour: with the button on the console’s page, or POST /api/v1/queues/reveal in a session. Without them, the queues are at /queues/.\n';

const cannotTell = "Whose the token is can't be told: Redis doesn't answer as it should, see /readyz.\n";

/** Whoever only looks sends nothing else. */
async function onlyLooking({ method }: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return reply.code(405).header('allow', 'GET, HEAD').type('text/plain').send('The queues can only be looked at.\n');
}

/** Lets those pass who have signed in, or send a token; browsers go where one signs in. */
function guardOf(door: Door, mayPass: MayPass = async () => true) {
  const admit = async (request: FastifyRequest) => {
    const admission = await door.admit(request, { byPassword: true });
    const isEnough = admission.kind !== 'welcome' || (await mayPass(request, admission));
    return isEnough ? admission.kind : 'not enough';
  };
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const kind = await admit(request).catch(() => 'unknown' as const);
    if (kind === 'unknown') return reply.code(503).type('text/plain').send(cannotTell);
    if (kind === 'welcome') return undefined;
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

interface Board {
  readonly path: string;
  readonly title: string;
  readonly queues: readonly ShownJobs[];
  readonly guard: ReturnType<typeof guardOf>;
}

async function addBoard(surface: FastifyInstance, { path, title, queues, guard }: Board): Promise<void> {
  const adapter = new FastifyAdapter();
  createBullBoard({
    queues,
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: title, hideDocsLink: true } },
  });
  adapter.setBasePath(path);
  await surface.register(
    async (scope) => {
      scope.addHook('onRequest', async (_, reply) => void reply.headers(headersFor('foreign')));
      scope.addHook('onRequest', onlyLooking);
      scope.addHook('onRequest', guard);
      scope.addHook('onSend', async (_, reply, page) =>
        typeof page === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')
          ? withoutForeignLinks(page)
          : page,
      );
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
  { door, isShown, ...where }: DashboardOptions,
): Promise<void> {
  const { queues, close } = openQueues(where);
  surface.addHook('onClose', close);
  await addBoard(surface, {
    path: queuesPath,
    title: 'Queues',
    queues: queues.map((queue) => new HiddenJobs(queue)),
    guard: guardOf(door),
  });
  await addBoard(surface, {
    path: queuesWithPeoplePath,
    title: 'Queues, with people',
    queues: queues.map((queue) => new ShownJobs(queue)),
    guard: guardOf(door, askedFor(isShown)),
  });
}
