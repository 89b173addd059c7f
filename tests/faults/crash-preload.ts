/**
 * Loaded into a service by `--import`: counts its effects on the world and kills the process, as a power cut would, right
 * before or right after one of them.
 *
 * `CRASH_AT` is `before:<n>` or `after:<n>`, or has in place of the number what the first such effect is called; or it is `never`, to only count. After a write to Redis means that its answer has
 * arrived; after a call to LastPass, or to the key registrar, means that its answer is on its way and wasn't read yet. Each effect is told on
 * standard error as `effect <n> <before|after> <what>`.
 *
 * Not counted: reads, signs of life, the token bucket and sealing the audit trail, which come by the clock, and BullMQ's own bookkeeping.
 */
import { writeSync } from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Redis } from 'ioredis';

const [side = 'never', which = '0'] = (process.env['CRASH_AT'] ?? 'never').split(':');
let count = 0;

const isThere = (n: number, what: string): boolean => (/^\d+$/.test(which) ? n === Number(which) : what === which);

function passes(when: 'before' | 'after', n: number, what: string): void {
  writeSync(2, `effect ${n} ${when} ${what}\n`);
  if (side === when && isThere(n, what)) process.kill(process.pid, 'SIGKILL');
}

const plainWrites = new Set([
  'set',
  'del',
  'incr',
  'hset',
  'hdel',
  'hincrby',
  'zadd',
  'zrem',
  'sadd',
  'srem',
  'unlink',
]);
const byTheClock = /:(alive:.*|services|call-rate)$/;

const lastPart = (key: string): string => key.slice(key.indexOf(':') + 1);

/** What transactions that are committed together write, in a few words; `null` when it isn't counted. */
function transactionsIn(json: string): string | null {
  const transactions = JSON.parse(json) as { writes: string[][] }[];
  if (transactions.some(({ writes }) => writes.some(([, key = '']) => key.endsWith(':audit-head')))) return null;
  const parts = transactions
    .flatMap(({ writes }) => writes)
    .map(([command = '', key = '']) => `${command} ${lastPart(key)}`);
  return `commit ${[...new Set(parts)].join(', ')}`;
}

/** What a command does to the world; `null` when it isn't counted. */
function effectOf(connection: string, name: string, args: readonly unknown[]): string | null {
  const text = (index: number) => String(args[index] ?? '');
  if (name === 'evalsha' || name === 'eval') {
    if (connection.startsWith('ring-')) return `add to ${connection.slice('ring-'.length)}`;
    const afterKeys = 2 + Number(text(1));
    return text(2).endsWith(':clock') ? transactionsIn(text(afterKeys)) : null;
  }
  if (connection.includes('-')) return null; // BullMQ's
  if (name === 'waitaof') return 'waitaof';
  return plainWrites.has(name) && !byTheClock.test(text(0)) ? `${name} ${lastPart(text(0))}` : null;
}

const seen = new WeakSet<object>();
const sendCommand = Redis.prototype.sendCommand;
Redis.prototype.sendCommand = function (this: Redis, command, stream) {
  const effect = seen.has(command)
    ? null
    : effectOf(this.options.connectionName ?? '', command.name.toLowerCase(), command.args.flat());
  seen.add(command); // one that waits for the connection comes by here again
  if (effect === null) return sendCommand.call(this, command, stream);
  const n = ++count;
  passes('before', n, effect);
  command.promise.then(
    () => passes('after', n, effect),
    () => undefined, // no effect: whoever sent it is told
  );
  return sendCommand.call(this, command, stream);
};

const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const { cmd = '?' } = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as { cmd?: string };
  const n = ++count;
  passes('before', n, `call ${cmd}`);
  const response = await send(input, init);
  passes('after', n, `call ${cmd}`);
  return response;
};

/** What is sent to the key registrar; `null` for any other address. */
const registrarCall = (url: unknown): string | null =>
  url instanceof URL ? (/\/key-registrar\/(\w+)$/.exec(url.pathname)?.[1] ?? null) : null;

type Request = (
  url: URL,
  options: http.RequestOptions,
  onAnswer: (answer: http.IncomingMessage) => void,
) => http.ClientRequest;
const request = http.request as Request;
const counting: Request = (url, options, onAnswer) => {
  const call = registrarCall(url);
  if (call === null) return request(url, options, onAnswer);
  const n = ++count;
  passes('before', n, `call ${call}`);
  return request(url, options, (answer) => {
    passes('after', n, `call ${call}`);
    onAnswer(answer);
  });
};
http.request = counting as typeof http.request;
syncBuiltinESMExports();
