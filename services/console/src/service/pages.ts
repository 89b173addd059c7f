/** What the console answers: a front page for everybody; the API and the queues for whoever has a token. */
import type { Service } from '@connector/shared/service.ts';
import type { FastifyInstance } from 'fastify';
import { isTokenOfOurs, whoHas } from '../access/access-tokens.ts';
import { TokenCheck } from '../access/token-check.ts';
import { addApi } from '../api/api.ts';
import { addQueueDashboard } from '../queues/queue-dashboard.ts';
import { sessionOf } from '../session.ts';
import { frontPage } from './front-page.ts';

/** Adds the console's pages to its surface. */
export async function addPages(surface: FastifyInstance, { configuration, store, log }: Service): Promise<void> {
  const check = new TokenCheck(whoHas(store, configuration.console?.token), { isUnguessable: isTokenOfOurs });
  const onWrongToken = (address: string) => log.warn({ address }, 'somebody sent a wrong token to the console');
  surface.get('/', (_, reply) => reply.type('text/html; charset=utf-8').send(frontPage));
  await addApi(surface, { check, onWrongToken, session: sessionOf({ configuration, store }), log });
  await addQueueDashboard(surface, { check, onWrongToken, target: configuration.redis, prefix: store.keys.queues });
}
