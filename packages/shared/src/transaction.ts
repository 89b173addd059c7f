/**
 * The one way in which state in Redis changes: *if* these values are still what I read, *then* write all of this.
 *
 * Every hand-over of the pipeline is one such transaction, run by one Lua script, so that a crash between two of its
 * writes doesn't exist and a worker that woke up too late is refused. (The shape is etcd's compare/then; Redis' own
 * WATCH needs a connection for each transaction and can't be pipelined.)
 *
 * Each transaction that goes through moves a logical clock by one, unless all it does is to let keys live longer. `TICK` among a write's
 * arguments becomes the new reading: versions that only grow, and that order what happened whatever the machines' clocks say.
 */
import type { Redis } from 'ioredis';
import { SchemaMismatch, type SchemaPlace } from './schema.ts';
import { runScript, scriptOf } from './script.ts';
import { currentId, type Timeline, TimelineChanged } from './timeline.ts';

/** Stands for the transaction's own reading of the logical clock, in any argument of a write. */
export const TICK = '@tick';

/** A reading command and what it must answer; `null` is Redis' nil. Numbers compare as Redis prints them. */
export interface Guard {
  readonly command: readonly string[];
  readonly is: string | null;
}

export interface Transaction {
  readonly guards: readonly Guard[];
  readonly writes: readonly (readonly string[])[];
}

/** What became of a transaction: committed at a reading of the clock, or refused by the first guard that didn't hold. */
export type Outcome =
  | { readonly committed: true; readonly tick: number }
  | { readonly committed: false; readonly refusedBy: Guard };

const script = scriptOf(`
local told = redis.call('GET', KEYS[2])
local schema = told or (redis.call('EXISTS', KEYS[1]) == 1 and '1') or ARGV[2]
if schema ~= ARGV[2] then return {-1, schema} end
if ARGV[3] ~= '' and (redis.call('GET', KEYS[3]) ~= ARGV[4] or ${currentId} ~= ARGV[3]) then return {-2} end
local function onlyRenews(writes)
  for _, write in ipairs(writes) do
    if write[1] ~= 'PEXPIRE' then return false end
  end
  return #writes > 0
end
local function run(transaction)
  for i, guard in ipairs(transaction.guards) do
    local found = redis.call(unpack(guard.command))
    local expected = guard.is
    if expected == cjson.null then
      if found then return {i, 0} end
    elseif not found or tostring(found) ~= expected then
      return {i, 0}
    end
  end
  local renews = onlyRenews(transaction.writes)
  local tick = renews and tonumber(redis.call('GET', KEYS[1]) or '0') or redis.call('INCR', KEYS[1])
  if not told then redis.call('SET', KEYS[2], ARGV[2]) end
  for _, write in ipairs(transaction.writes) do
    for i, argument in ipairs(write) do
      if argument == '${TICK}' then write[i] = tostring(tick) end
    end
    redis.call(unpack(write))
  end
  return {0, tick}
end
local outcomes = {}
for i, transaction in ipairs(cjson.decode(ARGV[1])) do outcomes[i] = run(transaction) end
return {0, outcomes}
`);

/** Redis' Lua can unpack some 8,000 values onto its stack; a write with more arguments than this is a mistake of ours. */
const maxArguments = 7_000;

/** Keys that every transaction looks at; all others must share their hash tag. */
export interface CommitPlace extends SchemaPlace {
  /** The logical clock. */
  readonly clock: string;
  /** Where Redis must be, and how that is known; `null` for what may be done on any timeline. */
  readonly timeline: { readonly key: string; readonly known: Timeline } | null;
}

/**
 * Runs a transaction.
 * @throws SchemaMismatch when what is in Redis is of another release, TimelineChanged when it goes on from an earlier moment; whatever ioredis throws (connection lost: the transaction may or may not have been committed; read again)
 */
export async function commit(redis: Redis, place: CommitPlace, transaction: Transaction): Promise<Outcome> {
  const [outcome] = await commitAll(redis, place, [transaction]);
  if (outcome === undefined) throw new Error('Redis told nothing of a transaction');
  return outcome;
}

/**
 * Runs transactions one after the other, each committed or refused by itself, in one call: nothing comes between them, and what one
 * writes, the guards of the next see. Redis serves nobody else meanwhile.
 * @returns what became of each, in their order
 * @throws as `commit`; then each of them may or may not have been committed
 */
export async function commitAll(
  redis: Redis,
  { clock, schema, expected, timeline }: CommitPlace,
  transactions: readonly Transaction[],
): Promise<Outcome[]> {
  if (transactions.length === 0) return [];
  for (const write of transactions.flatMap(({ writes }) => writes)) {
    if (write.length > maxArguments)
      throw new RangeError(`a ${write[0]} with ${write.length} arguments can't be sent to a script`);
  }
  const { id, raw } = timeline?.known ?? { id: '', raw: '' };
  const args = [JSON.stringify(transactions.map(({ guards, writes }) => ({ guards, writes }))), expected, id, raw];
  const keys = [clock, schema, timeline?.key ?? clock];
  const [status, told] = (await runScript(redis, script, { keys, args })) as
    | [status: 0, outcomes: [refused: number, tick: number][]]
    | [status: -1, schema: string]
    | [status: -2, nothing?: undefined];
  if (status === -1) throw new SchemaMismatch(told, expected);
  if (status === -2) throw new TimelineChanged();
  return told.map(([refused, tick], index) => {
    const refusedBy = refused === 0 ? undefined : transactions[index]?.guards[refused - 1];
    return refusedBy ? { committed: false, refusedBy } : { committed: true, tick };
  });
}

/** Splits a write that takes any number of values (SADD, HSET, SREM, …) into writes of a size that a script can take. */
export function manyValues(command: readonly string[], values: readonly string[], { perValue = 1 } = {}): string[][] {
  const size = 1_000 * perValue;
  const writes: string[][] = [];
  for (let from = 0; from < values.length; from += size) writes.push([...command, ...values.slice(from, from + size)]);
  return writes;
}
