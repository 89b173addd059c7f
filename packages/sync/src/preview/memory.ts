/**
 * Values as Redis holds them, in memory, and the few commands of it that the sync uses, answered as Redis answers them. A
 * property test runs both side by side.
 */

export type Value =
  | { readonly type: 'string'; text: string }
  | { readonly type: 'hash'; readonly fields: Map<string, string> }
  | { readonly type: 'set'; readonly members: Set<string> }
  | { readonly type: 'zset'; readonly scores: Map<string, number>; order: readonly string[] | null }
  | { readonly type: 'stream'; readonly entries: [id: string, fields: string[]][] };
type Type = Value['type'];
type Of<T extends Type> = Extract<Value, { type: T }>;

const blanks: { readonly [T in Type]: () => Of<T> } = {
  string: () => ({ type: 'string', text: '' }),
  hash: () => ({ type: 'hash', fields: new Map() }),
  set: () => ({ type: 'set', members: new Set() }),
  zset: () => ({ type: 'zset', scores: new Map(), order: null }),
  stream: () => ({ type: 'stream', entries: [] }),
};

/** A command that the sync doesn't use, or a key that holds something of another kind. */
export class UnknownToMemory extends Error {
  override readonly name = 'UnknownToMemory';
  readonly code = 'UNKNOWN_TO_MEMORY';
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A bound of a range of scores: `5`, `(5`, `-inf`, `+inf`. */
function bound(text: string | number): { readonly at: number; readonly open: boolean } {
  const open = String(text).startsWith('(');
  const number = open ? String(text).slice(1) : String(text);
  const infinities: Record<string, number> = { '-inf': Number.NEGATIVE_INFINITY, '+inf': Number.POSITIVE_INFINITY };
  return { at: infinities[number] ?? Number(number), open };
}

function inScores(min: string | number, max: string | number): (score: number) => boolean {
  const [low, high] = [bound(min), bound(max)];
  return (score) => (low.open ? score > low.at : score >= low.at) && (high.open ? score < high.at : score <= high.at);
}

/** Where a bound of a range of names, `[name` or `(name`, lies in an ordered list: the index of the first at or after it. */
function lowerIndex(order: readonly string[], name: string, { after }: { after: boolean }): number {
  let [from, to] = [0, order.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const compared = byBytes(order[middle] ?? '', name);
    if (compared < 0 || (after && compared === 0)) from = middle + 1;
    else to = middle;
  }
  return from;
}

const entryNumber = (id: string): number => Number.parseInt(id, 10);

export class Memory {
  readonly #values = new Map<string, Value>();

  has(key: string): boolean {
    return this.#values.has(key);
  }

  put(key: string, value: Value): void {
    this.#values.set(key, value);
  }

  #get<T extends Type>(key: string, type: T): Of<T> | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (value.type !== type) throw new UnknownToMemory(`${key} holds a ${value.type}, not a ${type}`);
    return value as Of<T>;
  }

  #make<T extends Type>(key: string, type: T): Of<T> {
    const found = this.#get(key, type);
    if (found !== undefined) return found;
    const made = blanks[type]();
    this.#values.set(key, made);
    return made;
  }

  text(key: string): string | null {
    return this.#get(key, 'string')?.text ?? null;
  }

  hash(key: string): ReadonlyMap<string, string> {
    return this.#get(key, 'hash')?.fields ?? new Map();
  }

  set(key: string): ReadonlySet<string> {
    return this.#get(key, 'set')?.members ?? new Set();
  }

  scores(key: string): ReadonlyMap<string, number> {
    return this.#get(key, 'zset')?.scores ?? new Map();
  }

  /** Members by score, then by name. */
  order(key: string): readonly string[] {
    const value = this.#get(key, 'zset');
    if (value === undefined) return [];
    value.order ??= [...value.scores]
      .sort(([a, one], [b, other]) => one - other || byBytes(a, b))
      .map(([member]) => member);
    return value.order;
  }

  stream(key: string): readonly (readonly [id: string, fields: string[]])[] {
    return this.#get(key, 'stream')?.entries ?? [];
  }

  inScores(key: string, min: string | number, max: string | number): string[] {
    const isIn = inScores(min, max);
    const scores = this.scores(key);
    return this.order(key).filter((member) => isIn(scores.get(member) ?? Number.NaN));
  }

  /** Of members that all have one score: those from `[name` or `(name` to `[name` or `(name`. */
  inNames(key: string, min: string, max: string): string[] {
    const order = this.order(key);
    const from = lowerIndex(order, min.slice(1), { after: min.startsWith('(') });
    const to = lowerIndex(order, max.slice(1), { after: max.startsWith('[') });
    return order.slice(from, Math.max(from, to));
  }

  /** Answers a guard's command as the script that commits compares it. */
  answer([command, key = '', ...rest]: readonly string[]): string | null {
    const [first = '', second = ''] = rest;
    switch (command) {
      case 'GET':
        return this.text(key);
      case 'EXISTS':
        return this.#values.has(key) ? '1' : '0';
      case 'HGET':
        return this.hash(key).get(first) ?? null;
      case 'ZSCORE': {
        const score = this.scores(key).get(first);
        return score === undefined ? null : String(score);
      }
      case 'ZCARD':
        return String(this.scores(key).size);
      case 'ZCOUNT':
        return String(this.inScores(key, first, second).length);
      case 'ZLEXCOUNT':
        return String(this.inNames(key, first, second).length);
      default:
        throw new UnknownToMemory(`a preview doesn't know the reading command ${command}`);
    }
  }

  /** Carries out a write. @throws UnknownToMemory for a command that the sync doesn't use */
  write([command = '', key = '', ...rest]: readonly string[]): void {
    const write = this.#writes[command];
    if (write === undefined) throw new UnknownToMemory(`a preview doesn't know the command ${command}`);
    write(key, rest);
  }

  readonly #writes: Readonly<Record<string, (key: string, rest: readonly string[]) => void>> = {
    SET: (key, [text = '']) => this.put(key, { type: 'string', text }),
    DEL: (key, others) => {
      for (const each of [key, ...others]) this.#values.delete(each);
    },
    PEXPIRE: () => undefined, // a preview is over long before anything expires
    HSET: (key, flat) => this.#pairs(flat, (field, text) => this.#make(key, 'hash').fields.set(field, text)),
    HSETNX: (key, [field = '', text = '']) => {
      if (!this.hash(key).has(field)) this.#make(key, 'hash').fields.set(field, text);
    },
    HDEL: (key, fields) => this.#remove(key, this.#get(key, 'hash')?.fields, fields),
    SADD: (key, members) => {
      for (const member of members) this.#make(key, 'set').members.add(member);
    },
    SREM: (key, members) => this.#remove(key, this.#get(key, 'set')?.members, members),
    ZADD: (key, rest) => this.#zadd(key, rest),
    ZREM: (key, members) => this.#zrem(key, members),
    ZREMRANGEBYSCORE: (key, [min = '', max = '']) => this.#zrem(key, this.inScores(key, min, max)),
    XADD: (key, [id = '', ...fields]) => {
      this.#make(key, 'stream').entries.push([id, fields]);
    },
    XTRIM: (key, rest) => this.#trim(key, rest),
  };

  #pairs(flat: readonly string[], put: (first: string, second: string) => void): void {
    for (let index = 0; index + 1 < flat.length; index += 2) put(flat[index] ?? '', flat[index + 1] ?? '');
  }

  /** Redis keeps no empty hash and no empty set. */
  #remove(
    key: string,
    from: { delete(name: string): boolean; readonly size: number } | undefined,
    names: readonly string[],
  ): void {
    if (from === undefined) return;
    for (const name of names) from.delete(name);
    if (from.size === 0) this.#values.delete(key);
  }

  #zadd(key: string, [mode, ...rest]: readonly string[]): void {
    const isPlain = mode !== 'NX' && mode !== 'XX';
    const known = this.scores(key);
    this.#pairs(isPlain ? [mode ?? '', ...rest] : rest, (score, member) => {
      if (!isPlain && known.has(member) !== (mode === 'XX')) return;
      const value = this.#make(key, 'zset');
      value.scores.set(member, Number(score));
      value.order = null;
    });
  }

  #zrem(key: string, members: readonly string[]): void {
    const value = this.#get(key, 'zset');
    if (value === undefined) return;
    value.order = null;
    this.#remove(key, value.scores, members);
  }

  #trim(key: string, [strategy, id = '']: readonly string[]): void {
    if (strategy !== 'MINID') throw new UnknownToMemory(`a preview doesn't know XTRIM ${strategy}`);
    const entries = this.#get(key, 'stream')?.entries;
    if (entries === undefined) return;
    const kept = entries.findIndex(([each]) => entryNumber(each) >= entryNumber(id));
    entries.splice(0, kept === -1 ? entries.length : kept);
  }
}
