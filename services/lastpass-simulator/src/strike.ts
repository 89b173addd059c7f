/** How a fault shows on the wire. Each writes, or breaks, one reply. */
import type { FastifyReply } from 'fastify';
import type { Strike } from './faults.ts';
import type { Settings } from './settings.ts';
import { ANSWER_TYPE } from './wire.ts';

const PAGE = `<!DOCTYPE html>
<html><head><title>We'll be right back</title></head>
<body><h1>We'll be right back</h1><p>LastPass is down for maintenance.</p></body></html>
`;

/** Strikes that end the call by themselves; a hang or a message doesn't. */
export type EndingStrike = Exclude<Strike, { kind: 'hang' | 'message' }>;

export type StrikeContext = { reply: FastifyReply; settings: Settings /** The answer that it spoils. */; body: string };

/** Ends the call as the fault says. */
export function strikeReply(strike: EndingStrike, { reply, settings, body }: StrikeContext): void {
  switch (strike.kind) {
    case 'http-429':
      if (strike.retryAfterSeconds !== undefined) reply.header('Retry-After', String(strike.retryAfterSeconds));
      page(reply, { status: 429, title: 'Too Many Requests' });
      break;
    case 'http-403':
      page(reply, { status: 403, title: 'Forbidden' });
      break;
    case 'http-413':
      page(reply, { status: 413, title: 'Request Entity Too Large' });
      break;
    case 'http-500':
      page(reply, { status: strike.status, title: 'Internal Server Error' });
      break;
    case 'html-page':
      reply.code(200).type('text/html;charset=UTF-8').send(PAGE);
      break;
    case 'cut-body':
      cut(reply, { body, ends: strike.ends });
      break;
    case 'reset':
      reply.hijack();
      reply.raw.socket?.resetAndDestroy();
      break;
    case 'fail':
      reply.type(ANSWER_TYPE).send(JSON.stringify({ status: 'FAIL', error: errorOf(strike, settings) }));
      break;
    default:
      strike satisfies never;
  }
}

/** A text goes out in the tenant's form; a list is always a list. */
function errorOf({ error }: EndingStrike & { kind: 'fail' }, { errorForm }: Settings): string | string[] {
  return typeof error === 'string' && errorForm === 'array' ? [error] : error;
}

function page(reply: FastifyReply, { status, title }: { status: number; title: string }): void {
  const html = `<html><head><title>${status} ${title}</title></head><body><h1>${status} ${title}</h1></body></html>\n`;
  reply.code(status).type('text/html').send(html);
}

/** Sends the first half of the answer; `abruptly` promises the whole and then closes. */
function cut(reply: FastifyReply, { body, ends }: { body: string; ends: 'cleanly' | 'abruptly' }): void {
  const half = body.slice(0, Math.ceil(body.length / 2));
  if (ends === 'cleanly') {
    reply.type(ANSWER_TYPE).send(half);
    return;
  }
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': ANSWER_TYPE, 'content-length': Buffer.byteLength(body) });
  reply.raw.write(half, () => reply.raw.destroy());
}
