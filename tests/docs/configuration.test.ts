/** The reference of the configuration and the schema for editors: in step with the code, and of one mind with it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { ConfigurationError, parseConfiguration } from '@connector/shared/configuration.ts';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { configurationSchema, type Node, schemaFile } from '../../packages/shared/reference/json-schema.ts';
import { configurationPage } from '../../packages/shared/reference/markdown.ts';

const root = resolve(import.meta.dirname, '../..');
const textOf = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const outOfStep = 'is out of step with the code: npm run reference';

test('the page and the schema are made from the code as it is now', () => {
  assert.equal(textOf('docs/configuration.md'), configurationPage(), `docs/configuration.md ${outOfStep}`);
  assert.equal(textOf('connector.schema.json'), schemaFile(), `connector.schema.json ${outOfStep}`);
});

const isNode = (part: unknown): part is Node => typeof part === 'object' && part !== null && !Array.isArray(part);

/** Every key of a schema, with where it stands. */
function keysIn(node: Node, path = ''): { path: string; node: Node }[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, each]) =>
    isNode(each) ? [{ path: `${path}.${key}`.replace(/^\./, ''), node: each }] : [],
  );
  const inside = [node.items, ...(node.anyOf ?? [])].filter(isNode).flatMap((each) => keysIn(each, path));
  return [...own.flatMap((each) => [each, ...keysIn(each.node, each.path)]), ...inside];
}
const keys = keysIn(configurationSchema());

test('every key has a meaning, and a row on the page', () => {
  assert.ok(keys.length > 60);
  for (const { path, node } of keys) assert.ok((node.description ?? '') !== '', `${path}: add .describe(…) to it`);
  const page = configurationPage();
  for (const { path } of keys) assert.match(page, new RegExp(`\\b${path.split('.').at(-1)}\\b`), path);
});

test('every key stands in the example, twins for files too', () => {
  const example = textOf('connector.example.yaml');
  const shown = new Set([...example.matchAll(/(?<![\w.])(\w+):/g)].map(([, key]) => key));
  const hidden = keys.map(({ path }) => path.split('.').at(-1) ?? '').filter((key) => !shown.has(key));
  assert.deepEqual([...new Set(hidden)].sort(), ['ca', 'secret'], 'these are better written as files');
});

const isTaken = new Ajv({ strict: true, strictRequired: false, allErrors: true }).compile(JSON.parse(schemaFile()));
const problemsOf = (configuration: unknown): string[] =>
  isTaken(configuration) ? [] : (isTaken.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);

test('the configurations of this repository are taken by the schema, variables and twins for files too', () => {
  for (const file of [
    'connector.example.yaml',
    'connector.containers.yaml',
    'demo/containers/connector.yaml',
    'packaging/connector.yaml',
  ])
    assert.deepEqual(problemsOf(parse(textOf(file))), [], file);
});

test('the example tells editors where the schema is', () => {
  const [, file = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(textOf('connector.example.yaml')) ?? [];
  assert.equal(textOf(file), schemaFile());
});

const plain = {
  directories: [{ id: 'corp', urls: ['ldaps://dc1.corp.test'], bindDn: 'CN=x,DC=corp', bindPassword: 'x' }],
  lastpass: { cid: '1', provhash: 'p' },
};
const directory = (changes: object) => ({ ...plain, directories: [{ ...plain.directories[0], ...changes }] });

/** What the code makes of it; YAML takes JSON. */
function isLoaded(configuration: object): boolean {
  try {
    parseConfiguration(JSON.stringify(configuration), { file: 'connector.yaml', environment: { NAME: 'x' } });
    return true;
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return false;
  }
}

test('schema and code take the same, and refuse the same', () => {
  const taken = [
    plain,
    directory({ bindPassword: '$' + '{NAME}', userBases: ['OU=a,DC=corp', 'OU=b,DC=corp'] }),
    directory({ urls: undefined, domain: 'Corp.Example.COM' }),
    { ...plain, lastpass: { cid: 12345678, provhash: 'p', apiUrl: 'HTTPS://lastpass.com/', batchSize: 500 } },
    { ...plain, policy: { onDeleted: { action: 'remove', after: '30d' }, guard: { maxLeaversPercent: 0.5 } } },
    ...[null, { url: 'http://proxy.test:3128' }, { url: 'https://p', username: 'u', password: '$' + '{NAME}' }].map(
      (proxy) => ({ ...plain, lastpass: { ...plain.lastpass, proxy } }),
    ),
    { ...plain, console: null },
    { ...plain, console: { trustedProxies: ['10.0.0.5', 'fd00::/8'], token: 'x'.repeat(20) } },
    { ...plain, sync: { accountsEvery: '90m' }, http: { console: 0 }, redis: { url: 'rediss://r' } },
  ];
  for (const each of taken) {
    assert.deepEqual(problemsOf(JSON.parse(JSON.stringify(each))), []);
    assert.ok(isLoaded(each), JSON.stringify(each));
  }
  const refused = {
    'a misspelt section': { ...plain, polcy: {} },
    'a misspelt key': { ...plain, policy: { onDelete: 'disable' } },
    'a misspelt word': { ...plain, policy: { onDeleted: 'disabel' } },
    'a misspelt key of an alternative': { ...plain, policy: { onDeleted: { action: 'remove', aftr: '30d' } } },
    'a twin of what is no secret': { ...plain, sync: { modeFile: 'x' } },
    'a secret and its file': directory({ bindPasswordFile: 'x' }),
    'no secret and no file': directory({ bindPassword: undefined }),
    'neither addresses nor a domain': directory({ urls: undefined }),
    'addresses and a domain': directory({ domain: 'corp.test' }),
    'an address of another kind': directory({ urls: ['https://dc1.corp.test'] }),
    'part of a DN': directory({ userBases: ['OU=People'] }),
    'a text for a number': { ...plain, lastpass: { ...plain.lastpass, batchSize: '200' } },
    'a number for a text': directory({ id: 7 }),
    'one for a list': { ...plain, policy: { groupFilter: 'Staff' } },
    'a number below its range': { ...plain, lastpass: { ...plain.lastpass, callsInFlight: 0 } },
    'a number above its range': { ...plain, lastpass: { ...plain.lastpass, batchSize: 501 } },
    'a share of more than everybody': { ...plain, policy: { guard: { maxLeaversPercent: 101 } } },
    'half a person': { ...plain, policy: { guard: { maxLeavers: 1.5 } } },
    'a duration without a unit': { ...plain, sync: { accountsEvery: '15' } },
    'a duration that is a number': { ...plain, audit: { keep: 400 } },
    'a short token': { ...plain, console: { token: 'short' } },
    'a name for an address of a proxy': { ...plain, console: { trustedProxies: ['proxy.test'] } },
    'a proxy that is no address': { ...plain, lastpass: { ...plain.lastpass, proxy: 'none' } },
    'a proxy of another kind': { ...plain, lastpass: { ...plain.lastpass, proxy: { url: 'socks5://proxy.test' } } },
    'nothing of what is required': {},
  };
  for (const [what, each] of Object.entries(refused)) {
    assert.notDeepEqual(problemsOf(JSON.parse(JSON.stringify(each))), [], `the schema takes ${what}`);
    assert.ok(!isLoaded(each), `the code takes ${what}`);
  }
});
