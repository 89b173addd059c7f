/** docs/cli.md as tests read it: what it says of commands, options and the fields of each JSON document. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** A field of a JSON document, as described. */
export interface Field {
  /** Where it stands: `held[].steps[]`. */
  readonly path: string;
  /** `string`, `number or null`, …; or a link to the section that describes its shape. */
  readonly type: string;
}

/** What stands under a heading. */
export interface Section {
  readonly title: string;
  readonly text: string;
  /** Names in the first columns of the tables, by the heading of that column. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
  readonly fields: readonly Field[];
}

export const document = readFileSync(resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8');

const isRule = (row: string): boolean => /^\|[-|]+\|$/.test(row);
const cellsOf = (row: string): string[] =>
  row
    .slice(1, -1)
    .split(' | ')
    .map((cell) => cell.trim());
const namesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

function sectionOf(part: string): Section {
  const rows = new Map<string, string[]>();
  const fields: Field[] = [];
  for (const [table] of part.matchAll(/(?:^\|.*\|\n)+/gm)) {
    const [head = '', ...body] = table
      .trim()
      .split('\n')
      .filter((row) => !isRule(row));
    const [kind = ''] = cellsOf(head);
    for (const [first, type = ''] of body.map(cellsOf)) {
      rows.set(kind, [...(rows.get(kind) ?? []), ...namesIn(first)]);
      if (kind === 'field') fields.push({ path: namesIn(first)[0] ?? '', type });
    }
  }
  return { title: /^(.*)\n/.exec(part)?.[1]?.replaceAll('`', '') ?? '', text: part, rows, fields };
}

export const sections: readonly Section[] = document.split(/^#{2,3} /m).map(sectionOf);

export function sectionNamed(title: string): Section {
  const found = sections.find((section) => section.title === title);
  assert.ok(found, `docs/cli.md has no section "${title}"`);
  return found;
}

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

/** The section that a field's type links to. */
function shapeOf({ type }: Field): Section | null {
  const anchor = /\(#([\w-]+)\)/.exec(type)?.[1];
  return anchor === undefined ? null : (sections.find(({ title }) => anchorOf(title) === anchor) ?? null);
}

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);

/** Notes which fields were seen, and what about a document isn't as described. */
export class Described {
  readonly problems: string[] = [];
  readonly #seen = new Set<Field>();

  /** Looks at a JSON document in the light of a section. */
  look(value: unknown, section: Section, path = ''): void {
    const field = section.fields.find((each) => each.path === path);
    if (field && this.#isWhole(field, value, section)) return;
    if (Array.isArray(value)) {
      for (const each of value) this.look(each, section, `${path}[]`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) this.look(each, section, path === '' ? key : `${path}.${key}`);
    } else if (!field) this.problems.push(`${section.title}: ${path} isn't described`);
  }

  /** Whether a field is all that is to be said of its value. */
  #isWhole(field: Field, value: unknown, section: Section): boolean {
    this.#seen.add(field);
    const shape = shapeOf(field);
    if (shape && value === null && field.type.endsWith(' or null')) return true;
    if (shape) this.look(value, shape);
    else if (!this.#hasType(value, field.type))
      this.problems.push(`${section.title}: ${field.path} is ${typeOf(value)}, not ${field.type}`);
    return shape !== null || !/^object or null$/.test(field.type);
  }

  #hasType(value: unknown, type: string): boolean {
    if (type === 'any') return true;
    if (type === 'list of strings or null' && value === null) return true;
    if (type.startsWith('list of strings'))
      return Array.isArray(value) && value.every((each) => typeof each === 'string');
    return type.split(' or ').includes(typeOf(value));
  }

  /** Fields of these sections that no document had. */
  unseen(these: readonly Section[]): string[] {
    return these.flatMap(({ title, fields }) =>
      fields.filter((field) => !this.#seen.has(field)).map(({ path }) => `${title}: ${path}`),
    );
  }
}
