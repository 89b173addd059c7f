/** docs/notifications.md says what is true: conditions, phases, fields, the example, and how to verify a signature. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { kinds } from '../../services/console/src/notifications/condition.ts';
import { body, bodyOf, subjectOf, testBody, textOf } from '../../services/console/src/notifications/message.ts';
import { signatureOf } from '../../services/console/src/notifications/signature.ts';
import { type Event, phases } from '../../services/console/src/notifications/what-to-tell.ts';

const run = promisify(execFile);
const document = await readFile(resolve(import.meta.dirname, '../../docs/notifications.md'), 'utf8');
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
});
after(() => rm(folder, { recursive: true }));

/** The rows of the table whose first column is called so, by the names in it. */
function rowsOf(column: string): [name: string, second: string][] {
  const table =
    new RegExp(`^\\| ${column} \\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)`, 'm').exec(document)?.[1] ?? assert.fail(column);
  return table
    .trim()
    .split('\n')
    .map((row) => {
      const [, name = '', second = ''] = row.split('|').map((cell) => cell.trim());
      return [name.replaceAll('`', ''), second];
    });
}

const codeIn = (language: string): string =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(document)?.[1] ?? assert.fail(language);

/** Each field of a JSON schema, with its type in the words of the documents. */
function* fieldsOf(schema: z.core.JSONSchema.BaseSchema, path = ''): Generator<[path: string, type: string]> {
  if (schema.type === 'array') yield* fieldsOf(schema.items as z.core.JSONSchema.BaseSchema, `${path}[]`);
  else if (schema.type === 'object')
    for (const [key, each] of Object.entries(schema.properties ?? {}))
      yield* fieldsOf(each as z.core.JSONSchema.BaseSchema, path === '' ? key : `${path}.${key}`);
  else
    yield [
      path,
      schema.anyOf
        ? schema.anyOf.map((each) => (typeof each === 'object' ? each.type : '')).join(' or ')
        : [schema.type].flat().join(' or '),
    ];
}

const eventOf = (changes: Partial<Event>): Event => ({
  kind: 'people-held',
  phase: 'raised',
  subject: null,
  atMs: Date.UTC(2026, 10, 29, 21, 4, 7),
  sinceMs: Date.UTC(2026, 10, 29, 21, 3, 37),
  count: 112,
  before: null,
  problems: [],
  ...changes,
});
const told = (changes: Partial<Event>) => bodyOf(eventOf(changes), { connector: 'connector', people: null });

test('every condition and every phase has its row, and every row is one', () => {
  assert.deepEqual(
    rowsOf('condition').map(([name]) => name),
    kinds,
  );
  assert.deepEqual(
    rowsOf('phase').map(([name]) => name),
    phases,
  );
});

test('the fields are those of the body, with their types, and the example is what is sent', () => {
  assert.deepEqual(rowsOf('field'), [...fieldsOf(z.toJSONSchema(body))]);
  assert.deepEqual(JSON.parse(codeIn('json')), told({}));
});

test('every condition is told in every phase in words of its own, in one line, as JSON and as a mail', () => {
  const titles = new Set<string>();
  for (const kind of kinds)
    for (const phase of phases) {
      const subject = kind === 'directory-not-read' ? 'corp' : kind === 'service-not-ready' ? 'pusher' : null;
      const message = body.parse(told({ kind, phase, subject, problems: phase === 'over' ? [] : ['no\nanswer'] }));
      titles.add(message.data.title);
      assert.equal(message.type, `${kind}.${phase}`);
      assert.doesNotMatch(`${subjectOf(message)}${message.data.problems}`, /\n|null|undefined/);
      assert.doesNotMatch(message.data.title, /[.:]$/);
      assert.match(textOf(message), /To see more: "connector /);
    }
  assert.equal(titles.size, kinds.length * 3, 'raised and changed say the same');
  assert.match(told({ count: 1 }).data.title, /^1 person or group is held, and needs a word$/);
  const late = (count: number) => told({ kind: 'not-delivered', count }).data.title;
  assert.match(late(999), /^Changes of 999 people /);
  assert.match(late(1_000), /^Changes of at least 1,?000 people /);
  assert.equal(body.parse(testBody({ connector: 'x', atMs: 0 })).type, 'test.test');
});

const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const nowMs = 1_700_000_000_000;
const id = 'msg_1';
const text = JSON.stringify({ name: 'Ö' });
const timestamp = nowMs / 1_000;
const headers = {
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': `v1,AAAA ${signatureOf({ id, timestamp, body: text }, secret)}`,
};
/** Requests, and whether they are genuine. */
const requests = [
  { headers, body: text, nowMs, is: true },
  { headers, body: `${text} `, nowMs, is: false },
  { headers: { ...headers, 'webhook-id': 'msg_2' }, body: text, nowMs, is: false },
  { headers: { ...headers, 'webhook-timestamp': String(timestamp + 1) }, body: text, nowMs, is: false },
  { headers: { ...headers, 'webhook-signature': 'v1,AAAA' }, body: text, nowMs, is: false },
  { headers, body: text, nowMs: nowMs + 300_000, is: false },
  { headers: {}, body: text, nowMs, is: false },
];

test('the signature is that of the example of Standard Webhooks', () => {
  const known = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
  const signed = signatureOf(known, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  assert.equal(signed, 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('the example in Node tells what is genuine, and nothing else', async () => {
  const file = join(folder, 'verify.mjs');
  await writeFile(file, codeIn('js'));
  const { isGenuine } = await import(file);
  for (const each of requests) assert.equal(isGenuine(each.headers, each.body, secret, each.nowMs), each.is);
});

test('the example in Python does so, too', async () => {
  const file = join(folder, 'verify.py');
  const asked =
    "import json, sys\nprint(json.dumps([is_genuine(r['headers'], r['body'].encode(), sys.argv[1], r['nowMs'] / 1000) for r in json.loads(sys.argv[2])]))\n";
  await writeFile(file, `${codeIn('python')}\n${asked}`);
  const { stdout } = await run('python3', [file, secret, JSON.stringify(requests)]);
  assert.deepEqual(
    JSON.parse(stdout),
    requests.map(({ is }) => is),
  );
});
