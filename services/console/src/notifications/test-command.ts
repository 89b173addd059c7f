/** `connector test-notifications`: sends a test message by each way, and tells what the other side answered. */
import { randomUUID } from 'node:crypto';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { oneLine } from '../text/one-line.ts';
import { type Message, testBody } from './message.ts';
import { NotSent, type Way, type WayName } from './way.ts';
import { waysOf } from './ways.ts';

/** There is nobody to send a test message to. */
export class NobodyToTell extends Error {
  override readonly name = 'NobodyToTell';
  readonly code = 'NOBODY_TO_TELL';
  constructor() {
    super('the configuration names nobody to tell; write notifications.webhook or notifications.email');
  }
}

/** What became of a test message. */
interface Tried {
  readonly way: WayName;
  readonly to: string;
  readonly ok: boolean;
  readonly answer: string;
}

/** @throws NobodyToTell */
export async function testNotifications(context: Context, { json }: Common): Promise<ExitCode> {
  const { notifications, redis } = context.session.configuration;
  if (notifications === null) throw new NobodyToTell();
  const message = {
    id: `msg_${randomUUID()}`,
    body: testBody({ connector: redis.prefix, atMs: Date.now() }),
  };
  const tried = await Promise.all(waysOf(notifications).map((way) => tryWay(way, message)));
  const ok = tried.every((each) => each.ok);
  if (json) printJson(context, { ok, notification: message.id, ways: tried });
  else
    print(
      context,
      tried.map((each) => lineOf(each, context)),
    );
  return ok ? 0 : 1;
}

async function tryWay(way: Way, message: Message): Promise<Tried> {
  const { name, to } = way;
  try {
    return { way: name, to, ok: true, answer: await way.send(message) };
  } catch (error) {
    if (!(error instanceof NotSent)) throw error;
    return { way: name, to, ok: false, answer: error.message };
  }
}

const lineOf = ({ way, to, ok, answer }: Tried, { terminal: { paint } }: Context): string =>
  ok
    ? `${paint('good', 'sent')}    ${way}, to ${to}: ${oneLine(answer)}`
    : `${paint('bad', 'failed')}  ${way}, to ${to}: ${oneLine(answer)}`;
