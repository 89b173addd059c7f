/** `connector support-bundle` by way of the API. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Door } from '../access/door.ts';
import type { Session } from '../session.ts';
import { makeSupportBundle, noteSupportBundle } from '../support-bundle/support-bundle.ts';
import { failed } from './answers.ts';
import { guardOf } from './guard.ts';

/** Adds it. */
export function addSupportBundleRoute(
  scope: FastifyInstance,
  { door, session, log }: { door: Door; session: Session; log: Logger },
): void {
  scope.get(
    '/support-bundle',
    {
      onRequest: guardOf('administrator', { door }),
      schema: {
        summary: 'What whoever helps needs to know; without secrets, and without anybody’s name',
        response: {
          200: z.looseObject({}).describe('The document that the command prints.'),
          '4XX': failed.describe('It can’t be done.'),
          503: failed.describe('Redis can’t be reached, or isn’t as it should be.'),
        },
      },
    },
    async ({ asker, signal }, reply) => {
      await session.store.check();
      await noteSupportBundle(session.store, asker?.name ?? '');
      log.info({ by: asker?.name, command: 'support-bundle' }, 'done by the API');
      const bundle = await makeSupportBundle(session, { signal });
      return reply.header('content-disposition', 'attachment; filename="connector-support.json"').send(bundle);
    },
  );
}
