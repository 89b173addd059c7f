/** docs/configuration.md: each key of the configuration, from the zod schema that checks it. */
import { configurationSchema, type Node } from './json-schema.ts';

const opening = `# Configuration

Every key of \`connector.yaml\`. This page is made from the code that checks the file (\`npm run reference\`), as is [connector.schema.json](../connector.schema.json), by which editors complete
and check it while you write: VS Code with its YAML extension, and whatever else speaks to yaml-language-server, finds it by the first line of [connector.example.yaml](../connector.example.yaml).

- **The file** is the one that \`CONNECTOR_CONFIG\` names, else \`./connector.yaml\`. It is checked as a whole at the start of each service and command: an unknown key, or one with a wrong value, is
  refused with its name, what is wrong and what to write. What hangs together, such as \`ldap://\` and \`insecure\`, is checked then, too, and not by editors.
- **\`\${NAME}\`** in a text takes an environment variable; one that isn't set is refused.
- **A secret** may be written as its \`…File\` twin: the path of a file that holds it, relative to this file's folder. Of the two, one may be given.
- **A duration** is a number and a unit: \`500ms\`, \`30s\`, \`15m\`, \`24h\`, \`7d\`.
- **A DN** is written whole, a list of them line by line: between brackets YAML takes each comma of a DN as the end of an entry.
`;

/** The page. */
export function configurationPage(): string {
  const schema = configurationSchema();
  return `${[opening, tableOf(schema, ''), '', ...sectionsBelow(schema, '')].join('\n').trimEnd()}\n`;
}

interface Key {
  readonly name: string;
  readonly node: Node;
  readonly isRequired: boolean;
  /** Name of the key that takes a file instead; `null`: there is none. */
  readonly twin: string | null;
}

const isNode = (part: unknown): part is Node => typeof part === 'object' && part !== null && !Array.isArray(part);

function keysOf({ properties = {}, required = [], allOf = [] }: Node): Key[] {
  const names = Object.keys(properties);
  const isTwin = (name: string) => name.endsWith('File') && names.includes(name.slice(0, -'File'.length));
  const eithers = allOf
    .filter(isNode)
    .flatMap(({ oneOf = [] }) => oneOf.filter(isNode).flatMap((each) => each.required ?? []));
  return Object.entries(properties).flatMap(([name, node]) => {
    if (!isNode(node) || isTwin(name)) return [];
    const twin = names.includes(`${name}File`) ? `${name}File` : null;
    return [{ name, node, isRequired: required.includes(name) || eithers.includes(name), twin }];
  });
}

/** The object that a key is, or a list of which it is; `null`: it is none. */
function objectIn(node: Node, path: string): { path: string; node: Node } | null {
  if (node.properties) return { path, node };
  if (isNode(node.items)) return objectIn(node.items, `${path}[]`);
  const others = (node.anyOf ?? []).filter(isNode).filter(({ type }) => type !== 'null');
  return others.length === 1 && others[0] ? objectIn(others[0], path) : null;
}

function sectionsBelow(node: Node, path: string): string[] {
  return keysOf(node).flatMap((key) => {
    const here = path === '' ? key.name : `${path}.${key.name}`;
    const found = objectIn(key.node, here);
    if (found === null) return [];
    const { description = '' } = key.node;
    return [sectionText(found.node, found.path, description), ...sectionsBelow(found.node, found.path)];
  });
}

function sectionText(node: Node, path: string, description: string): string {
  const level = '#'.repeat(Math.min(4, 1 + path.split('.').length));
  return [`${level} \`${path}\``, '', description, '', tableOf(node, path), ''].join('\n');
}

function tableOf(node: Node, path: string): string {
  const rows = keysOf(node).map((key) => `| ${rowOf(key, path).join(' | ')} |`);
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function rowOf({ name, node, isRequired, twin }: Key, path: string): string[] {
  const below = objectIn(node, path === '' ? name : `${path}.${name}`);
  const type = below === null ? typeText(node) : `[section](#${anchorOf(below.path)})`;
  const file = twin === null ? [] : [`Or \`${twin}\`: a file that holds it.`];
  const isSecret = twin !== null && name !== 'ca';
  const meaning = [node.description ?? '', ...file].join(' ');
  return [`\`${name}\``, isSecret ? 'secret' : type, defaultText(node, isRequired), meaning].map((cell) =>
    cell.replaceAll('|', '\\|'),
  );
}

/** As GitHub makes it of a heading. */
const anchorOf = (path: string): string => path.toLowerCase().replaceAll(/[^\w-]/g, '');

function defaultText({ default: value }: Node, isRequired: boolean): string {
  if (isRequired) return 'required';
  return value === undefined || value === null
    ? ''
    : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** A text that is a variable goes without saying. */
const isVariable = ({ type, pattern }: Node): boolean => type === 'string' && pattern === '\\$\\{\\w+\\}';

/** Its type and range, in words. */
function typeText(node: Node): string {
  const { title, anyOf, enum: words, items, properties } = node;
  if (words) return words.map((word) => `\`${String(word)}\``).join(', ');
  if (title !== undefined) return title;
  const others = (anyOf ?? []).filter(isNode).filter((each) => !isVariable(each));
  if (others.length > 0) return others.map(typeText).join(', or ');
  if (properties)
    return `{${keysOf(node)
      .map((key) => `${key.name}: ${typeText(key.node)}`)
      .join('; ')}}`;
  return isNode(items) ? `list: ${typeText(items)}` : scalarText(node);
}

function scalarText({ type, minimum, maximum }: Node): string {
  if (type === 'boolean') return '`true`, `false`';
  if (type !== 'integer' && type !== 'number') return type === 'string' ? 'text' : String(type);
  const kind = type === 'integer' ? 'whole number' : 'number';
  if (minimum === undefined) return kind;
  return `${kind}, ${maximum === undefined ? `${minimum} or more` : `${minimum} to ${maximum}`}`;
}
