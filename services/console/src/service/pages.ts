/** What the console shows: a front page for everybody, and the queues for whoever has the token. */
import type { Service } from '@connector/shared/service.ts';
import type { FastifyInstance } from 'fastify';
import { addQueueDashboard } from '../queues/queue-dashboard.ts';
import { frontPage } from './front-page.ts';

/** Adds the console's pages to its surface. */
export async function addPages(surface: FastifyInstance, { configuration, store, log }: Service): Promise<void> {
  const token = configuration.console?.token;
  surface.get('/', (_, reply) =>
    reply.type('text/html; charset=utf-8').send(frontPage({ isDashboardOpen: token !== undefined })),
  );
  await addQueueDashboard(surface, {
    token,
    onWrongToken: (address) => log.warn({ address }, 'somebody sent a wrong token for the queue dashboard'),
    target: configuration.redis,
    prefix: store.keys.queues,
  });
}
