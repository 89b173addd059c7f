/** Everybody whom the directories know, in memory, to be searched by whatever somebody knows of them. */
import { type PersonKey, personKey } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import { nameOf } from '@connector/sync/mirror/mirror-object.ts';
import { fullnameOf } from '@connector/sync/plan/make-plan.ts';
import type { Context as Planning } from '@connector/sync/plan/planning-context.ts';
import type { Page } from '../page.ts';

/** Somebody, as people look for them. */
export interface RosterPerson {
  readonly person: PersonKey;
  readonly name: string;
  readonly mail: string | null;
  /** sAMAccountName. */
  readonly logOnName: string | null;
  /** Proved by a tombstone. */
  readonly deleted: boolean;
}

interface Entry extends RosterPerson {
  /** Names by which somebody goes, folded, one in a line. */
  readonly names: string;
}

export class Roster {
  readonly #entries: readonly Entry[];

  /** @param entries by name */
  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /**
   * Those with a text anywhere in a name, mail, log-on name or key, by name; everybody with an empty one.
   * @returns a page of them, and how many there are
   */
  search(text: string, { offset, limit }: Page): { readonly people: RosterPerson[]; readonly total: number } {
    const wanted = folded(text);
    if (wanted === '')
      return { people: this.#entries.slice(offset, offset + limit).map(withoutNames), total: this.#entries.length };
    const people: RosterPerson[] = [];
    let total = 0;
    for (const entry of this.#entries) {
      if (!entry.names.includes(wanted)) continue;
      if (total >= offset && people.length < limit) people.push(withoutNames(entry));
      total++;
    }
    return { people, total };
  }

  /** Those who go by exactly this name. */
  called(name: string): PersonKey[] {
    const wanted = `\n${folded(name)}\n`;
    return this.#entries.filter(({ names }) => names.includes(wanted)).map(({ person }) => person);
  }
}

const withoutNames = ({ names: _, ...person }: Entry): RosterPerson => person;

/** Reads it, part by part. */
export async function readRoster({ views }: Planning): Promise<Roster> {
  const entries = new Map<PersonKey, Entry>();
  for (const [id, { gathering }] of views)
    for await (const part of gathering.mirror.everything())
      for (const [guid, object] of part) {
        if (object.kind !== 'user') continue;
        const person = personKey(id, guid);
        const { mail, sAMAccountName: logOnName, deleted } = object;
        const name = fullnameOf(object);
        const names = [name, nameOf(object), mail, logOnName, person].map((each) => folded(each ?? ''));
        entries.set(person, { person, name, mail, logOnName, deleted, names: ['', ...names, ''].join('\n') });
      }
  return new Roster([...entries.values()].sort(byName));
}

/** By the folded name: a comparison by some language's rules takes ten times as long. */
const byName = (a: Entry, b: Entry): number => (a.names < b.names ? -1 : a.names > b.names ? 1 : 0);
