/** Reading a large hash of Redis part by part: neither Redis nor this process serves nobody else meanwhile. */
import type { Reader } from '@connector/shared/state.ts';

const atOnce = 500;

/** All fields, a few hundred at a time, in no order; one that is written meanwhile may come twice, or not. */
export async function* hashParts(redis: Pick<Reader, 'hscan'>, key: string): AsyncGenerator<Map<string, string>> {
  let at = '0';
  do {
    const [next, flat] = await redis.hscan(key, at, 'COUNT', atOnce);
    const part = new Map<string, string>();
    for (let index = 0; index + 1 < flat.length; index += 2) part.set(flat[index] ?? '', flat[index + 1] ?? '');
    if (part.size > 0) yield part;
    at = next;
  } while (at !== '0');
}
