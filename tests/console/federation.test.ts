/** `connector federation key`: makes a key that nobody else sees, and tells keys apart, on a machine that has nothing else. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fragmentIdOf } from '@connector/federation/derived.ts';
import { CompanyHalf } from '@connector/federation/key-halves.ts';
import { Program } from '../support/child-process.ts';

const script = resolve(import.meta.dirname, '../../services/console/src/connector.ts');
let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'connector-federation-'));
});
after(() => rm(dir, { recursive: true, force: true }));

/** Runs the command without configuration and without Redis; `out` is what a script takes, `output` all that is printed. */
async function key(...args: string[]) {
  const env = { CONNECTOR_CONFIG: join(dir, 'there-is-none.yaml') };
  const command = { command: process.execPath, args: [script, 'federation', 'key', ...args], env, cwd: dir };
  await using running = new Program(command);
  const code = await running.ended;
  return { code, out: [...running.outLines], output: running.output };
}

test('a key that is printed is 32 random bytes in a line of its own, told with its fragment id and what hangs on it', async () => {
  const first = await key('generate');
  const second = await key('generate');
  assert.equal(first.code, 0);
  assert.equal(first.out.length, 1);
  const k1 = CompanyHalf.from(first.out[0] ?? '');
  assert.equal(k1.length, 32);
  assert.ok(!k1.equals(CompanyHalf.from(second.out[0] ?? '')));
  assert.ok(first.output.includes(fragmentIdOf(k1)));
  assert.match(first.output, /loses the vault/);
  assert.match(first.output, /Keep a copy off this machine/);
  assert.deepEqual(await readdir(dir), [], 'and nothing is written');
});

test('a key that is written is for its owner alone, is not printed, and replaces nothing', async () => {
  const file = join(dir, 'company-key');
  const made = await key('generate', '--out', file);
  assert.equal(made.code, 0);
  const text = await readFile(file, 'utf8');
  const k1 = CompanyHalf.from(text.trimEnd());
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok(!made.output.includes(k1.reveal()));
  assert.ok(made.output.includes(fragmentIdOf(k1)));
  assert.match(made.output, /loses the vault/);
  const again = await key('generate', '--out', file, '--json');
  assert.deepEqual([again.code, JSON.parse(again.output).error.code], [1, 'FILE_NOT_WRITTEN']);
  assert.equal(await readFile(file, 'utf8'), text);
});

test('a copy is told from another key by its fragment id', async () => {
  const k1 = CompanyHalf.random();
  const file = join(dir, 'copy');
  for (const end of ['', '\n', '\r\n']) {
    await writeFile(file, `${k1.reveal()}${end}`);
    const same = await key('verify', file, '--fragment-id', fragmentIdOf(k1));
    assert.deepEqual([same.code, same.output.includes(k1.reveal())], [0, false], same.output);
  }
  const other = await key('verify', file, '--fragment-id', fragmentIdOf(CompanyHalf.random()));
  assert.equal(other.code, 1);
  assert.match(other.output, /another/);
  const { code, output } = await key('verify', file, '--json');
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(output), { key: null, file, fragmentId: fragmentIdOf(k1), matches: null });
});

test('a file that holds no key is refused without a word of what is in it', async () => {
  const file = join(dir, 'spoilt');
  const text = CompanyHalf.random().reveal();
  for (const spoilt of ['', text.slice(1), `${text}\n\n`, ` ${text}`]) {
    await writeFile(file, spoilt);
    const { code, output } = await key('verify', file, '--json');
    assert.deepEqual([code, JSON.parse(output).error.code], [1, 'KEY_FILE'], spoilt);
    assert.ok(!output.includes(text.slice(1)));
  }
  const none = await key('verify', join(dir, 'nowhere'));
  assert.equal(none.code, 1);
  assert.match(none.output, /nowhere can't be read \(ENOENT\): name a file that holds a key/);
});

test('what cannot be meant is wrong usage', async () => {
  for (const args of [
    [],
    ['destroy'],
    ['verify'],
    ['verify', ''],
    ['verify', 'file', '--out', 'file'],
    ['verify', 'file', '--fragment-id', 'short'],
    ['generate', 'file'],
    ['generate', '--out', ''],
    ['generate', '--fragment-id', `${'A'.repeat(43)}=`],
  ])
    assert.equal((await key(...args)).code, 2, args.join(' '));
});
