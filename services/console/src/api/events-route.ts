/** The live feed of the API: what is done about people, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import { PassThrough } from 'node:stream';
import { every } from '@connector/shared/every.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Door } from '../access/door.ts';
import { sealedJson } from '../audit/audit-text.ts';
import type { Sealed } from '../audit/audit-trail.ts';
import { LiveFeed } from '../live/live-feed.ts';
import type { Session } from '../session.ts';
import { failed, failure } from './answers.ts';
import { guardOf } from './guard.ts';

/** So many may listen at once. */
const mostListeners = 50;
/** Who doesn't fetch what it listened for is cut off at so many bytes, and may go on from where it was. */
const mostWaitingBytes = 4_000_000;

export interface EventsOptions {
  readonly door: Door;
  readonly session: Pick<Session, 'store'>;
  readonly log: Logger;
  /** So often everybody hears that it is alive, and it is looked whether they may still listen, ms. */
  readonly heartbeatMs?: number;
}

const eventOf = (sealed: Sealed): string =>
  `id: ${sealed.sequence}\nevent: person\ndata: ${JSON.stringify(sealedJson(sealed))}\n\n`;

/** The entry after which somebody wants to go on, as browsers say it after a lost connection; `null`: from now on. */
function lastSeen({ headers }: FastifyRequest): number | null {
  const text = headers['last-event-id'];
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Adds it. */
export function addEvents(scope: FastifyInstance, { door, session, log, heartbeatMs = 15_000 }: EventsOptions): void {
  const { store } = session;
  const onError = (error: Error) => log.error({ err: error }, `the live feed fails: ${error.message}`);
  const feed = new LiveFeed({ store, onError });
  const open = new Set<PassThrough>();
  scope.addHook('preClose', async () => {
    for (const stream of open) stream.end();
  });
  /** Whether somebody may still listen; listening doesn't count as using a session. */
  const isStillIn = async (request: FastifyRequest) => {
    const { kind } = await door.admit(request, { isUse: false }).catch(() => ({ kind: 'unknown' as const }));
    return kind === 'welcome' || kind === 'unknown';
  };
  scope.get(
    '/events',
    {
      exposeHeadRoute: false, // whoever asks so wants no events, and Fastify would leave the stream, which never ends, open
      onRequest: guardOf('viewer', { door, isUse: false }), // a page opens it again by itself, whoever is at it
      schema: {
        summary: 'What is done about people, as it is done: server-sent events; Last-Event-ID goes on from there',
        response: { '4XX': failed.describe('It can’t be done.') },
      },
    },
    async (request, reply) => {
      if (open.size >= mostListeners)
        return reply.code(429).header('retry-after', '60').send(failure('TOO_MANY', 'too many listen already: wait'));
      const stream = new PassThrough();
      const closed = new AbortController();
      open.add(stream);
      stream.once('close', () => {
        open.delete(stream);
        closed.abort();
      });
      const say = (text: string) => {
        if (stream.writable && text !== '') stream.write(text);
      };
      const miss = (entries: number) => say(`event: missed\ndata: ${JSON.stringify({ entries })}\n\n`);
      const take = (entries: readonly Sealed[]) => {
        const ofPeople = entries.filter(({ entry }) => entry.of.kind === 'person');
        say(ofPeople.map(eventOf).join(''));
        if (stream.writableLength + stream.readableLength > mostWaitingBytes) stream.destroy();
      };
      try {
        const leave = await feed.listen({ after: lastSeen(request), miss, take, end: () => stream.end() });
        if (closed.signal.aborted) leave();
        else closed.signal.addEventListener('abort', leave, { once: true });
      } catch (error) {
        stream.destroy();
        throw error;
      }
      void every({ pauseMs: heartbeatMs, signal: closed.signal, onError }, async () => {
        say(': alive\n\n');
        if (!(await isStillIn(request))) stream.end();
      });
      // A connection that is kept for more would keep the console from ending.
      const headers = { connection: 'close', 'x-accel-buffering': 'no' };
      return reply.type('text/event-stream').headers(headers).send(stream);
    },
  );
}
