/** A preview by way of the API: it takes up to minutes, so it is asked for, looked at until it is made, and given up. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Door } from '../access/door.ts';
import { LatestPreview, type PreviewState } from '../preview/latest-preview.ts';
import type { Session } from '../session.ts';
import { isoText } from '../text/when.ts';
import { failed } from './answers.ts';
import { guardOf } from './guard.ts';

const states = ['none', 'under way', 'made', 'failed'] as const satisfies readonly PreviewState['state'][];

const answer = z.strictObject({
  state: z.enum(states),
  by: z.string().nullable().describe('Who asked for it.'),
  begunAt: z.string().nullable(),
  progress: z.string().nullable().describe('What is just being done, and how far it is.'),
  madeAt: z.string().nullable(),
  error: failed.shape.error.nullable(),
  preview: z.looseObject({}).nullable().describe('As "connector preview --json" prints it.'),
});

/** An answer in JSON. The preview is JSON already, and may be large. */
function answerText(state: PreviewState): string {
  const begun = state.state === 'none' ? null : state;
  const head: Omit<z.infer<typeof answer>, 'preview'> = {
    state: state.state,
    by: begun?.by ?? null,
    begunAt: begun && isoText(begun.begunAtMs),
    progress: state.state === 'under way' ? state.progress : null,
    madeAt: state.state === 'made' ? isoText(state.madeAtMs) : null,
    error: state.state === 'failed' ? { code: state.code, message: state.message } : null,
  };
  return `${JSON.stringify(head).slice(0, -1)},"preview":${state.state === 'made' ? state.document : null}}`;
}

/** Adds them. A preview ends with the surface. */
export function addPreviewRoutes(
  scope: FastifyInstance,
  { door, session: { configuration }, log }: { door: Door; session: Session; log: Logger },
): void {
  const latest = new LatestPreview({ configuration, log });
  scope.addHook('onClose', async () => void (await latest.giveUp()));
  const refused = { '4XX': failed.describe('It can’t be done.') };
  const json = 'application/json; charset=utf-8';
  scope.post(
    '/preview',
    {
      onRequest: guardOf('administrator', { door }),
      schema: {
        summary: 'Begin a preview, unless one is being made',
        response: { 202: answer, ...refused },
      },
    },
    async ({ asker }, reply) => {
      const state = latest.begin(asker?.name ?? '');
      log.info({ by: asker?.name }, 'a preview was asked for');
      return reply.code(202).type(json).send(answerText(state));
    },
  );
  scope.get(
    '/preview',
    {
      onRequest: guardOf('viewer', { door }),
      schema: {
        summary: 'How far the preview is; and once it is made, what a sync would do, for a quarter of an hour',
        response: { 200: answer, ...refused },
      },
    },
    async (_, reply) => reply.type(json).send(answerText(latest.state)),
  );
  scope.delete(
    '/preview',
    {
      onRequest: guardOf('administrator', { door }),
      schema: {
        summary: 'Give the preview up, and forget it',
        response: { 200: z.strictObject({ givenUp: z.boolean().describe('There was one.') }), ...refused },
      },
    },
    async () => ({ givenUp: await latest.giveUp() }),
  );
}
