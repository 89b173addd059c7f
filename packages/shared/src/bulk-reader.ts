/**
 * Reading for many people at once. Whoever plans a hundred people asks for one field of each, again and again: what is asked of one key
 * in the same turn of the event loop goes to Redis as one command. Nothing is remembered: each question is asked, and later ones anew.
 */
import DataLoader from 'dataloader';
import type { Reader } from './state.ts';

/** So many fields go in one command: Redis serves nobody else meanwhile. */
const fieldsAtOnce = 1_000;

/** Reads a field of each name given. */
type ReadMany = (key: string, names: readonly string[]) => Promise<(string | null)[]>;

/** Collects names per key, for as long as the turn lasts. */
function collecting(readMany: ReadMany): (key: string, name: string) => Promise<string | null> {
  const loaders = new Map<string, DataLoader<string, string | null>>();
  return (key, name) => {
    const known = loaders.get(key);
    if (known !== undefined) return known.load(name);
    const loader = new DataLoader<string, string | null>((names) => readMany(key, names), {
      cache: false,
      maxBatchSize: fieldsAtOnce,
    });
    loaders.set(key, loader);
    return loader.load(name);
  };
}

/**
 * The same reader, whose HGETs become HMGETs and ZSCOREs ZMSCOREs where several are asked for at once. Keep it for one piece of work:
 * it holds something for each key.
 */
export function inBulk(reader: Reader): Reader {
  const hget = collecting((key, fields) => reader.hmget(key, ...fields));
  const zscore = collecting((key, members) => reader.zmscore(key, ...members));
  return {
    get: (key) => reader.get(key),
    exists: (key) => reader.exists(key),
    hget,
    hmget: (key, ...fields) => Promise.all(fields.map((field) => hget(key, field))),
    hgetall: (key) => reader.hgetall(key),
    hkeys: (key) => reader.hkeys(key),
    hvals: (key) => reader.hvals(key),
    hlen: (key) => reader.hlen(key),
    hscan: (key, cursor, count, size) => reader.hscan(key, cursor, count, size),
    smembers: (key) => reader.smembers(key),
    zcard: (key) => reader.zcard(key),
    zcount: (key, min, max) => reader.zcount(key, min, max),
    zscore,
    zmscore: (key, ...members) => Promise.all(members.map((member) => zscore(key, member))),
    zrange: (key, start, stop) => reader.zrange(key, start, stop),
    zrangebyscore: (key, min, max) => reader.zrangebyscore(key, min, max),
    zrangebylex: (key, min, max) => reader.zrangebylex(key, min, max),
    xrange: (key, start, end, count, size) => reader.xrange(key, start, end, count, size),
  };
}
