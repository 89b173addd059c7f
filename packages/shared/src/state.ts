/**
 * What the sync works on: reading commands, and the one way to change anything. Redis is one such state; a preview's memory,
 * which starts as a copy and is thrown away, is another.
 */
import type { Keys } from './keys.ts';
import type { Outcome, Transaction } from './transaction.ts';

/** The reading commands that the sync uses, answered as ioredis does. */
export interface Reader {
  get(key: string): Promise<string | null>;
  exists(key: string): Promise<number>;
  hget(key: string, field: string): Promise<string | null>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  hgetall(key: string): Promise<Record<string, string>>;
  hkeys(key: string): Promise<string[]>;
  hvals(key: string): Promise<string[]>;
  hlen(key: string): Promise<number>;
  hscan(key: string, cursor: string, count: 'COUNT', size: number): Promise<[cursor: string, flat: string[]]>;
  smembers(key: string): Promise<string[]>;
  zcard(key: string): Promise<number>;
  zcount(key: string, min: string, max: string): Promise<number>;
  zscore(key: string, member: string): Promise<string | null>;
  zmscore(key: string, ...members: string[]): Promise<(string | null)[]>;
  zrange(key: string, start: string, stop: string): Promise<string[]>;
  zrangebyscore(key: string, min: string | number, max: string | number): Promise<string[]>;
  zrangebylex(key: string, min: string, max: string): Promise<string[]>;
  xrange(
    key: string,
    start: string,
    end: string,
    count: 'COUNT',
    size: number,
  ): Promise<[id: string, fields: string[]][]>;
}

export interface State {
  readonly redis: Reader;
  readonly keys: Keys;
  /** See `commit` in `transaction.ts`. */
  readonly commit: (transaction: Transaction) => Promise<Outcome>;
  /** See `commitAll` there. */
  readonly commitAll: (transactions: readonly Transaction[]) => Promise<Outcome[]>;
}
