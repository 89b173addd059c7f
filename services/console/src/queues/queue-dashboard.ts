/**
 * The queue dashboard: bull-board at /queues, to be looked at only. Its pages come from this host alone, and neither its
 * routes that change something nor what our jobs say of people exist here.
 */
import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import { openQueues, type QueueOptions } from '@connector/shared/queues.ts';
import { headersFor } from '@connector/shared/security-headers.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Door } from '../access/door.ts';
import { signInPath } from '../access/sign-in-path.ts';
import { HiddenJobs } from './hidden-jobs.ts';

const path = '/queues';

export interface DashboardOptions extends QueueOptions {
  /** Who may look. */
  readonly door: Door;
}

const sayToken =
  'The queue dashboard asks for a token, as "connector create-token" makes it, or for that of console.token: as the password, under any user name, or as "Authorization: Bearer …".\n';

const cannotTell = "Whose the token is can't be told: Redis doesn't answer as it should, see /readyz.\n";

/** Whoever only looks sends nothing else. */
async function onlyLooking({ method }: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return reply.code(405).header('allow', 'GET, HEAD').type('text/plain').send('The queues can only be looked at.\n');
}

/** Lets those pass who have signed in, or send a token; browsers go where one signs in. */
function guardOf(door: Door) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { kind } = await door.admit(request, { byPassword: true }).catch(() => ({ kind: 'unknown' as const }));
    if (kind === 'unknown') return reply.code(503).type('text/plain').send(cannotTell);
    if (kind === 'welcome') return undefined;
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

/** Adds the dashboard. Its connection to Redis closes with the surface. */
export async function addQueueDashboard(surface: FastifyInstance, { door, ...where }: DashboardOptions): Promise<void> {
  const { queues, close } = openQueues(where);
  surface.addHook('onClose', close);
  const adapter = new FastifyAdapter();
  createBullBoard({
    queues: queues.map((queue) => new HiddenJobs(queue)),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Queues', hideDocsLink: true } },
  });
  adapter.setBasePath(path);
  await surface.register(
    async (scope) => {
      scope.addHook('onRequest', async (_, reply) => void reply.headers(headersFor('application')));
      scope.addHook('onRequest', onlyLooking);
      scope.addHook('onRequest', guardOf(door));
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
