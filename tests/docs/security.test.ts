/** docs/security.md: every key of Redis is of a kind that it tells, and what it promises is held by the tests that it names. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { keysOf } from '@connector/shared/keys.ts';
import { titlesIn } from './markdown.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

test('every key in Redis is of one kind in the table, and every key in the table is one', () => {
  const keys = keysOf('x');
  const directory = keys.directory('corp');
  const known = [keys, directory, directory.mirror(1)].flatMap((each) => Object.keys(each));
  const [, rows = ''] = /^\| kind \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(page) ?? [];
  const told = rows
    .trim()
    .split('\n')
    .flatMap((row) => [...(row.split(' | ').at(-1) ?? '').matchAll(/`(\w+)`/g)].map(([, key = '']) => key));
  assert.deepEqual(told.sort(), known.filter((key) => !['directory', 'mirror'].includes(key)).sort());
});

test('the audit trail is kept as long as the page says', () => {
  const directories = [{ id: 'corp', urls: ['ldaps://dc'], bindDn: 'CN=x', bindPassword: 'x' }];
  const written = JSON.stringify({ directories, lastpass: { cid: 1, provhash: 'x' } });
  const { audit } = parseConfiguration(written, { file: 'connector.yaml', environment: {} });
  const days = Number(/`audit\.keep`, (\d+) days/.exec(page)?.[1]);
  assert.equal(audit.keep, days * 86_400_000);
});

test('every footnote is used, and names tests that there are', () => {
  const notes = new Map([...page.matchAll(/^\[\^([\w-]+)\]: (.*)$/gm)].map(([, name = '', said = '']) => [name, said]));
  const used = [...page.matchAll(/\[\^([\w-]+)\](?!:)/g)].map(([, name = '']) => name);
  assert.deepEqual([...new Set(used)].sort(), [...notes.keys()].sort());
  for (const [name, said] of notes) {
    const proofs = [...said.matchAll(/\]\(\.\.\/([^)]+\.test\.ts)\): (“.*?”(?:, “.*?”)*)(?:; |$)/g)];
    assert.ok(proofs.length > 0, `[^${name}] names no test`);
    for (const [, file = '', titles = ''] of proofs) {
      assert.ok(existsSync(join(root, file)), `[^${name}]: there is no ${file}`);
      const known = titlesIn(readFileSync(join(root, file), 'utf8'));
      for (const [, title = ''] of titles.matchAll(/“([^”]+)”/g)) assert.ok(known.has(title), `[^${name}]: ${title}`);
    }
  }
});
