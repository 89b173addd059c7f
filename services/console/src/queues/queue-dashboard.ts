/**
 * The queue dashboard: bull-board at /queues, to be looked at only. Its pages come from this host alone, and neither its
 * routes that change something nor what our jobs say of people exist here.
 */
import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import { openQueues, type QueueOptions } from '@connector/shared/queues.ts';
import { headersFor } from '@connector/shared/security-headers.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HiddenJobs } from './hidden-jobs.ts';
import { TokenCheck } from './token-check.ts';

const path = '/queues';

export interface DashboardOptions extends QueueOptions {
  /** What opens it; without one it stays closed. */
  readonly token: string | undefined;
  /** Told of every wrong token. */
  readonly onWrongToken: (address: string) => void;
}

const closed =
  'The queue dashboard is closed: no token is configured. Write console.token or console.tokenFile into the configuration (such as what "openssl rand -hex 32" prints), and restart the console.\n';
const sayToken =
  'The queue dashboard asks for the token of console.token: as the password, under any user name, or as "Authorization: Bearer …".\n';

/** Whoever only looks sends nothing else. */
async function onlyLooking({ method }: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (method === 'GET' || method === 'HEAD') return undefined;
  return reply.code(405).header('allow', 'GET, HEAD').type('text/plain').send('The queues can only be looked at.\n');
}

/** Lets those with the token pass. */
function guardOf(token: string, onWrongToken: DashboardOptions['onWrongToken']) {
  const check = new TokenCheck(token);
  return async ({ headers, ip }: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const verdict = await check.verdictOn(headers.authorization);
    if (verdict === 'welcome') return undefined;
    if (verdict === 'wrong') onWrongToken(ip);
    if (verdict === 'too many')
      return reply.code(429).header('retry-after', '5').type('text/plain').send('Too many wrong tokens: wait.\n');
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
export async function addQueueDashboard(
  surface: FastifyInstance,
  { token, onWrongToken, ...where }: DashboardOptions,
): Promise<void> {
  if (token === undefined) {
    const tell = (_: FastifyRequest, reply: FastifyReply) =>
      reply.code(403).headers(headersFor('plain')).type('text/plain; charset=utf-8').send(closed);
    surface.get(path, tell);
    surface.get(`${path}/*`, tell);
    return;
  }
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
      scope.addHook('onRequest', guardOf(token, onWrongToken));
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
