/**
 * A state that starts as a copy of what Redis holds and lives in memory: what is written stays there, and Redis is only read.
 * Each key is copied when it is first asked for.
 */
import type { Keys } from '@connector/shared/keys.ts';
import { runScript, scriptOf } from '@connector/shared/script.ts';
import type { Reader, State } from '@connector/shared/state.ts';
import type { Store } from '@connector/shared/store.ts';
import { type Outcome, TICK, type Transaction } from '@connector/shared/transaction.ts';
import { Memory, type Value } from './memory.ts';

/** Reads keys of any type, all at one moment; it writes nothing. */
const readAll = scriptOf(`
local function read(key)
  local kind = redis.call('TYPE', key).ok
  if kind == 'string' then return {kind, redis.call('GET', key)} end
  if kind == 'hash' then return {kind, redis.call('HGETALL', key)} end
  if kind == 'set' then return {kind, redis.call('SMEMBERS', key)} end
  if kind == 'zset' then return {kind, redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')} end
  if kind == 'stream' then return {kind, redis.call('XRANGE', key, '-', '+')} end
  return {kind}
end
local answers = {}
for i, key in ipairs(KEYS) do answers[i] = read(key) end
return answers
`);

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) pairs.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return pairs;
}

type Copied = [kind: string, content?: unknown];

function copiedValue([kind, content]: Copied): Value | null {
  if (kind === 'string') return { type: 'string', text: String(content) };
  if (kind === 'stream') return { type: 'stream', entries: [...(content as [string, string[]][])] };
  const flat = content as string[];
  if (kind === 'hash') return { type: 'hash', fields: new Map(pairsOf(flat)) };
  if (kind === 'set') return { type: 'set', members: new Set(flat) };
  if (kind !== 'zset') return null;
  const scores = new Map(pairsOf(flat).map(([member, score]) => [member, Number(score)]));
  return { type: 'zset', scores, order: null };
}

/** How many keys are copied at once: Redis serves nobody else meanwhile. */
const atOnce = 100;

/** All that is remembered beside the mirrors: copied together, as it was at one moment. */
function together(keys: Keys, directories: readonly string[]): string[] {
  const named = Object.values(keys).filter((key) => typeof key === 'string');
  const others = new Set([keys.queues, keys.audit, keys.auditSealed, keys.lastOperations]); // no run reads them, and they are large
  const own = directories.flatMap((id) => Object.values(keys.directory(id)).filter((key) => typeof key === 'string'));
  return [...named.filter((key) => !others.has(key)), ...own];
}

/**
 * Copies what Redis holds of these directories.
 * @param isNew tells the keys that Redis can't have, which then aren't asked for
 * @throws what ioredis throws
 */
export async function copyState(
  { redis, keys }: Store,
  directories: readonly string[],
  { isNew = () => false }: { isNew?: (key: string) => boolean } = {},
): Promise<State> {
  const memory = new Memory();
  const copying = new Map<string, Promise<void>>();
  const copy = async (wanted: readonly string[]): Promise<void> => {
    const answers = (await runScript(redis, readAll, { keys: wanted, args: [] })) as Copied[];
    for (const [index, key] of wanted.entries()) {
      const value = copiedValue(answers[index] ?? ['none']);
      if (value !== null) memory.put(key, value);
    }
  };
  const first = copy(together(keys, directories));
  for (const key of together(keys, directories)) copying.set(key, first);
  await first;

  /** Sees to it that these keys are in memory, if Redis has them. */
  const have = async (wanted: Iterable<string>): Promise<void> => {
    const missing = [...new Set(wanted)].filter((key) => !copying.has(key) && !isNew(key));
    for (let from = 0; from < missing.length; from += atOnce) {
      const part = missing.slice(from, from + atOnce);
      const copied = copy(part);
      for (const key of part) copying.set(key, copied);
    }
    await Promise.all(new Set([...wanted].map((key) => copying.get(key))));
  };

  let tick = Number(memory.text(keys.clock) ?? 0);
  const commit = async ({ guards, writes }: Transaction): Promise<Outcome> => {
    await have([...guards.map(({ command }) => command[1] ?? ''), ...writes.map((write) => write[1] ?? '')]);
    const refusedBy = guards.find(({ command, is }) => memory.answer(command) !== is);
    if (refusedBy !== undefined) return { committed: false, refusedBy };
    tick += 1;
    for (const write of writes) memory.write(write.map((argument) => (argument === TICK ? String(tick) : argument)));
    return { committed: true, tick };
  };
  const commitAll = async (transactions: readonly Transaction[]): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (const transaction of transactions) outcomes.push(await commit(transaction));
    return outcomes;
  };
  return { redis: readerOf(memory, have), keys, commit, commitAll };
}

function readerOf(memory: Memory, have: (keys: Iterable<string>) => Promise<void>): Reader {
  /** Answers from memory once the key is there. */
  const once = async <T>(key: string, answer: () => T): Promise<T> => {
    await have([key]);
    return answer();
  };
  return {
    get: (key) => once(key, () => memory.text(key)),
    exists: (key) => once(key, () => (memory.has(key) ? 1 : 0)),
    hget: (key, field) => once(key, () => memory.hash(key).get(field) ?? null),
    hmget: (key, ...fields) => once(key, () => fields.map((field) => memory.hash(key).get(field) ?? null)),
    hgetall: (key) => once(key, () => Object.fromEntries(memory.hash(key))),
    hkeys: (key) => once(key, () => [...memory.hash(key).keys()]),
    hvals: (key) => once(key, () => [...memory.hash(key).values()]),
    hlen: (key) => once(key, () => memory.hash(key).size),
    hscan: (key) => once(key, (): [string, string[]] => ['0', [...memory.hash(key)].flat()]),
    smembers: (key) => once(key, () => [...memory.set(key)]),
    zcard: (key) => once(key, () => memory.scores(key).size),
    zcount: (key, min, max) => once(key, () => memory.inScores(key, min, max).length),
    zscore: (key, member) => once(key, () => memory.answer(['ZSCORE', key, member])),
    zmscore: (key, ...members) => once(key, () => members.map((member) => memory.answer(['ZSCORE', key, member]))),
    zrange: (key, start, stop) => once(key, () => slice(memory.order(key), Number(start), Number(stop))),
    zrangebyscore: (key, min, max) => once(key, () => memory.inScores(key, min, max)),
    zrangebylex: (key, min, max) => once(key, () => memory.inNames(key, min, max)),
    xrange: (key, start, _end, _count, size) =>
      once(key, () =>
        memory
          .stream(key)
          .filter(([id]) => start === '-' || Number.parseInt(id, 10) >= Number.parseInt(start, 10))
          .slice(0, size)
          .map(([id, fields]): [string, string[]] => [id, fields]),
      ),
  };
}

/** Redis' ranges of places: the last one is in, and negative ones count from the end. */
function slice(order: readonly string[], start: number, stop: number): string[] {
  const place = (index: number) => (index < 0 ? order.length + index : index);
  return order.slice(Math.max(0, place(start)), place(stop) + 1);
}
