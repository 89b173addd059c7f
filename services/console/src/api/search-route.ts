/** Searching among everybody, of which there is no command: `explain` finds whoever is named. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Door } from '../access/door.ts';
import { paged } from '../page.ts';
import type { Session } from '../session.ts';
import { failed } from './answers.ts';
import type { Found } from './found.ts';
import { guardOf } from './guard.ts';

const searched = paged.extend({
  text: z.string().max(256).default('').describe('Part of a name, mail, log-on name or key; everybody without.'),
});
const people = z.strictObject({
  people: z.array(
    z.strictObject({
      person: z.string(),
      name: z.string(),
      mail: z.string().nullable(),
      logOnName: z.string().nullable(),
      deleted: z.boolean(),
    }),
  ),
  page: paged.extend({ total: z.int() }),
});

/** Adds it. */
export function addSearch(
  scope: FastifyInstance,
  { roster, door, session }: { roster: Found['roster']; door: Door; session: Session },
): void {
  scope.get(
    '/search',
    {
      onRequest: guardOf('viewer', { door }),
      schema: {
        summary: 'Whom the directories know, by any part of what they are called',
        querystring: searched,
        response: { 200: people, '4XX': failed.describe('It can’t be done.') },
      },
    },
    async ({ query }) => {
      const { text, ...page } = query as z.infer<typeof searched>;
      await session.store.check();
      const { total, ...found } = (await roster.get()).search(text, page);
      return { ...found, page: { ...page, total } };
    },
  );
}
