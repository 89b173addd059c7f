/** `connector check` by way of the API. Who asks while one is being made is answered by it: each of them calls LastPass. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Door } from '../access/door.ts';
import { type CheckDocument, checkDocument } from '../check/check-command.ts';
import type { Session } from '../session.ts';
import { failed } from './answers.ts';
import { guardOf } from './guard.ts';

/** Adds it. */
export function addCheck(
  scope: FastifyInstance,
  { door, session, log }: { door: Door; session: Session; log: Logger },
): void {
  const closing = new AbortController();
  let checking: Promise<CheckDocument> | null = null;
  scope.addHook('preClose', async () => closing.abort());
  scope.post(
    '/check',
    {
      onRequest: guardOf('administrator', { door }),
      schema: {
        summary: 'Does every end answer; what to do where it doesn’t',
        response: {
          200: z.looseObject({}).describe('The document that the command prints.'),
          '4XX': failed.describe('It can’t be done.'),
        },
      },
    },
    async ({ asker }) => {
      log.info({ by: asker?.name, command: 'check' }, 'done by the API');
      checking ??= checkDocument({ ...session, signal: closing.signal }).finally(() => {
        checking = null;
      });
      return await checking;
    },
  );
}
