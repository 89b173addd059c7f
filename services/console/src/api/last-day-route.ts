/** How the last day was, for charts; `status` tells the same in few figures, so that there is no command of it. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Door } from '../access/door.ts';
import type { Session } from '../session.ts';
import { type LastDay, readLastDay } from '../status/last-day.ts';
import { failed } from './answers.ts';
import { guardOf } from './guard.ts';

const lastDay = z.strictObject({
  at: z.string().describe('When this was so.'),
  slotMs: z.int().describe('So long a time each of these is about, in milliseconds.'),
  slots: z
    .array(
      z.strictObject({
        from: z.string().describe('When it began.'),
        people: z.int().describe('People whose change in a directory reached LastPass.'),
        p50Ms: z.int().describe('Half of them took at most so long from the reading of the change, in milliseconds.'),
        p95Ms: z.int().describe('95 in a hundred of them.'),
      }),
    )
    .describe('The oldest first; without those in which nothing reached LastPass.'),
});

/** Adds it. */
export function addLastDay(scope: FastifyInstance, { door, session }: { door: Door; session: Session }): void {
  scope.get(
    '/last-day',
    {
      onRequest: guardOf('viewer', { door }),
      schema: {
        summary: 'How many people’s changes reached LastPass in the last day, and how soon',
        response: { 200: lastDay, '4XX': failed.describe('It can’t be done.') },
      },
    },
    async (): Promise<LastDay> => {
      await session.store.check();
      return readLastDay(session.store, Date.now());
    },
  );
}
