/**
 * The configuration as a JSON Schema, for editors: made from the zod schema that checks it. It takes what stands in the file, so `${NAME}` for
 * any text, and the `…File` twin of each secret.
 */
import { z } from 'zod';
import { filesOf, secretKeys, wholeConfiguration } from '../src/configuration.ts';
import { writeDuration } from '../src/duration.ts';

/** A part of it. */
export type Node = z.core.JSONSchema.BaseSchema;

/** An environment's variable, which may stand in any text. */
const variable = '\\$\\{\\w+\\}';

/** Makes it, in the draft that editors know; links in descriptions are Markdown. */
export function configurationSchema(): Node {
  const made = z.toJSONSchema(wholeConfiguration, {
    io: 'input',
    target: 'draft-7',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => writeDefault(zodSchema, jsonSchema),
  });
  const description =
    'The configuration of the connector from Active Directory to LastPass. docs/configuration.md tells the same.';
  return { ...asWritten(made, ''), title: 'connector.yaml', description };
}

/** Writes a default as people do. That of a section is the defaults of its keys. */
function writeDefault({ _zod: { def } }: z.core.$ZodTypes, json: Node): void {
  if (def.type !== 'default') return;
  delete json.default;
  const value = z.json().parse(def.defaultValue);
  if (json.title === 'duration') json.default = writeDuration(Number(value));
  else if (Array.isArray(value) || typeof value !== 'object' || value === null) json.default = value;
}

const isNode = (part: Node | boolean): part is Node => typeof part === 'object';

/** A node of zod's as it is written. @param path of its key: `redis` */
function asWritten(node: Node, path: string): Node {
  const { format: _, ...rest } = node; // what it would say is said by the pattern
  if (rest.anyOf) rest.anyOf = rest.anyOf.filter(isNode).map((each) => asWritten(each, path));
  if (typeof rest.items === 'object' && !Array.isArray(rest.items)) rest.items = asWritten(rest.items, `${path}[]`);
  if (rest.type === 'integer') return withoutEveryNumber(rest);
  if (rest.type === 'string') return withVariables(rest);
  return rest.properties ? withTwins(rest, path) : rest;
}

/** The file for editors, which show descriptions as they are: their links lead from folder docs. */
export const schemaFile = (): string =>
  `${JSON.stringify(configurationSchema(), null, 2).replace(/\[([^\]"]+)\]\(([\w-]+\.md)\)/g, '$1 (docs/$2)')}\n`;

/** zod says that a whole number is one that JavaScript can hold. */
function withoutEveryNumber(node: Node): Node {
  const { minimum, maximum, ...rest } = node;
  const bounds = Object.entries({ minimum, maximum }).filter(([, bound]) => Number.isInteger(bound));
  return {
    ...rest,
    ...Object.fromEntries(bounds.filter(([, bound]) => Math.abs(bound ?? 0) !== Number.MAX_SAFE_INTEGER)),
  };
}

/** A text may be a variable, whatever else is asked of it. */
function withVariables(node: Node): Node {
  const { enum: words, pattern, minLength = 0, type: _, ...rest } = node;
  const type = 'string';
  if (words) return { ...rest, anyOf: [{ enum: words }, { type, pattern: variable }] };
  if (pattern !== undefined) return { ...rest, type, pattern: `${variable}|${pattern}` };
  if (minLength > 1) return { ...rest, type, pattern: `${variable}|^[^]{${minLength},}$` };
  return minLength === 1 ? { ...rest, type, minLength } : { ...rest, type };
}

/** What has a `…File` twin may be written as that, and one of the two may. */
function withTwins(node: Node, path: string): Node {
  const { properties = {}, required = [], allOf = [], ...rest } = node;
  const written: Record<string, Node> = {};
  const either: Node[] = [];
  const hasTwin = (key: string) => secretKeys.includes(key) || filesOf.get(path)?.includes(key) === true;
  for (const [key, each] of Object.entries(properties)) {
    if (!isNode(each)) continue;
    written[key] = asWritten(each, path === '' ? key : `${path}.${key}`);
    if (!hasTwin(key)) continue;
    const twin = `${key}File`;
    const description = `Instead of ${key}: the file that holds it, by a path relative to this file’s folder.`;
    written[twin] = { type: 'string', title: 'path of a file', description };
    const both = [{ required: [key] }, { required: [twin] }];
    either.push(required.includes(key) ? { oneOf: both } : { not: { required: [key, twin] } });
  }
  const always = required.filter((key) => !hasTwin(key));
  return {
    ...rest,
    properties: written,
    ...(always.length > 0 ? { required: always } : {}),
    ...(allOf.length + either.length > 0 ? { allOf: [...allOf, ...either] } : {}),
  };
}
