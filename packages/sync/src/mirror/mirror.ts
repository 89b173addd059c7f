/** Reading one generation of a directory's mirror. Nothing is remembered between calls: what another process wrote counts at once. */
import type { MirrorKeys } from '@connector/shared/keys.ts';
import { inIndex } from '@connector/shared/people-with-mail.ts';
import type { Reader } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { type MirrorObject, mirrorObject } from './mirror-object.ts';

/** How many objects are asked for at once. */
const atOnce = 1_000;

export class Mirror {
  readonly keys: MirrorKeys;
  readonly #redis: Reader;

  constructor(redis: Reader, keys: MirrorKeys) {
    this.#redis = redis;
    this.keys = keys;
  }

  async object(guid: string): Promise<MirrorObject | null> {
    const raw = await this.#redis.hget(this.keys.objects, guid);
    return parseStored(mirrorObject, this.keys.objects, raw).value;
  }

  /** The objects that the mirror knows among those asked for. */
  async objects(guids: Iterable<string>): Promise<Map<string, MirrorObject>> {
    const asked = [...new Set(guids)];
    const found = new Map<string, MirrorObject>();
    for (let from = 0; from < asked.length; from += atOnce) {
      const part = asked.slice(from, from + atOnce);
      const raws = await this.#redis.hmget(this.keys.objects, ...part);
      for (const [index, guid] of part.entries()) {
        const { value } = parseStored(mirrorObject, this.keys.objects, raws[index] ?? null);
        if (value !== null) found.set(guid, value);
      }
    }
    return found;
  }

  /** All objects, a few hundred at a time, in no order; one may come twice. */
  async *everything(): AsyncGenerator<[guid: string, object: MirrorObject][]> {
    let at = '0';
    do {
      const [next, flat] = await this.#redis.hscan(this.keys.objects, at, 'COUNT', 500);
      const entries: [string, MirrorObject][] = [];
      for (let index = 0; index + 1 < flat.length; index += 2) {
        const { value } = parseStored(mirrorObject, this.keys.objects, flat[index + 1] ?? null);
        if (value !== null) entries.push([flat[index] ?? '', value]);
      }
      if (entries.length > 0) yield entries;
      at = next;
    } while (at !== '0');
  }

  members(group: string): Promise<string[]> {
    return this.#redis.smembers(this.keys.members(group));
  }

  /** The groups that hold somebody directly; the primary group isn't among them. */
  memberships(member: string): Promise<string[]> {
    return this.#redis.smembers(this.keys.memberships(member));
  }

  /** The people whose primary group has this RID. */
  primaryMembers(rid: number): Promise<string[]> {
    return this.#redis.smembers(this.keys.primaryMembers(rid));
  }

  children(container: string): Promise<string[]> {
    return this.#redis.smembers(this.keys.children(container));
  }

  /** Live people with an address, whatever its case. */
  holdersOf(mail: string): Promise<string[]> {
    return inIndex(this.#redis, this.keys.mails, mail);
  }

  /** Live groups with a name, whatever its case. */
  groupsNamed(name: string): Promise<string[]> {
    return inIndex(this.#redis, this.keys.groupNames, name);
  }

  /** The group with a RID, such as the one that a person's primaryGroupID names. */
  groupWithRid(rid: number): Promise<string | null> {
    return this.#redis.hget(this.keys.rids, String(rid));
  }
}
