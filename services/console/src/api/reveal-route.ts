/** Asking to see people in the queues, of which there is no command: it is for a session of the console. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Door, sessionCookie } from '../access/door.ts';
import { showPeople } from '../access/shown-people.ts';
import { queuesWithPeoplePath } from '../queues/paths.ts';
import type { Session } from '../session.ts';
import { isoText } from '../text/when.ts';
import { failed, failure } from './answers.ts';
import { guardOf } from './guard.ts';

const shown = z.strictObject({
  until: z.string().describe('When one has to ask again.'),
  at: z.string().describe('Where they are shown, on this host.'),
});

/** Adds it. */
export function addReveal(
  scope: FastifyInstance,
  { door, session: { store }, log }: { door: Door; session: Session; log: Logger },
): void {
  scope.post(
    '/queues/reveal',
    {
      onRequest: guardOf('administrator', { door }),
      schema: {
        summary: 'Show people in the queues to this session, for a quarter of an hour',
        response: {
          200: shown,
          '4XX': failed.describe('It can’t be done.'),
          503: failed.describe('Redis can’t be reached, or isn’t as it should be.'),
        },
      },
    },
    async ({ asker, session, cookies }, reply) => {
      const secret = session === null ? undefined : cookies[sessionCookie];
      const untilMs = secret === undefined ? null : await showPeople(store, { secret, by: asker?.name ?? '' });
      if (untilMs === null)
        return reply
          .code(409)
          .send(failure('NO_SESSION', 'people are shown to a session only: sign in to the console, and ask again'));
      log.info({ by: asker?.name }, 'people in the queues are shown to a session of the console');
      return { until: isoText(untilMs), at: `${queuesWithPeoplePath}/` };
    },
  );
}
