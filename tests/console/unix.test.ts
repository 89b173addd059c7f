/** The `connector` command as a Unix tool: what goes where, which exit code, signals and pipes. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { waitUntil } from '../support/wait-until.ts';
import { Workplace } from './workplace.ts';

const script = resolve(import.meta.dirname, '../../services/console/src/connector.ts');
let place: Workplace;
before(async () => {
  place = await Workplace.create();
});
after(() => place[Symbol.asyncDispose]());

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command, with its two streams apart. */
const connector = (...args: string[]): Promise<Ended> =>
  new Promise((done) => {
    const env = { ...process.env, CONNECTOR_CONFIG: place.configFile };
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

/** An end that takes connections and never says anything. */
async function silentEnd() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    apiUrl: `http://127.0.0.1:${port}/enterpriseapi.php`,
    isAsked: () => sockets.length > 0,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('wrong usage is one line on stderr and exit code 2; with --json it is JSON on stdout, and stderr is empty', async () => {
  for (const { args, message } of [
    { args: ['held', '--al'], message: `unknown option '--al': see "connector held --help"` },
    { args: ['stats'], message: `unknown command 'stats' (Did you mean status?): see "connector --help"` },
    { args: ['release'], message: 'say who to release, or --all: see "connector release --help"' },
  ]) {
    assert.deepEqual(await connector(...args), { code: 2, stdout: '', stderr: `connector: ${message}\n` });
    const { code, stdout, stderr } = await connector(...args, '--json');
    assert.deepEqual([code, stderr], [2, '']);
    assert.deepEqual(JSON.parse(stdout), { error: { code: 'USAGE', message } });
  }
});

test('a failure is told on stderr, stdout is empty; with --json it is JSON on stdout, and stderr is empty', async () => {
  await place.configure({ polcy: {}, lastpas: {} });
  try {
    const plain = await connector('status');
    assert.deepEqual([plain.code, plain.stdout], [1, '']);
    assert.match(plain.stderr, /^connector: .*polcy: unknown key.*\nconnector: .*lastpas: unknown key.*\n$/);
    const json = await connector('status', '--json');
    assert.deepEqual([json.code, json.stderr], [1, '']);
    assert.equal(JSON.parse(json.stdout).error.code, 'CONFIGURATION');
  } finally {
    await place.configure({});
  }
});

test('help and version are on stdout with exit code 0, and need no configuration; nothing typed is help on stderr and 2', async () => {
  await place.configure({ polcy: {} });
  try {
    for (const args of [['--help'], ['help'], ['help', 'sync'], ['sync', '--help'], ['--version']]) {
      const { code, stdout, stderr } = await connector(...args);
      assert.deepEqual([code, stderr], [0, ''], args.join(' '));
      assert.notEqual(stdout, '');
    }
    const { code, stdout, stderr } = await connector();
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^Usage: connector <command>/);
  } finally {
    await place.configure({});
  }
});

/** Ctrl-C while LastPass keeps a command waiting. */
async function interrupted(...args: string[]): Promise<Ended> {
  await using end = await silentEnd();
  await place.configure({ lastpass: { apiUrl: end.apiUrl, cid: '1', provhash: 'p' } });
  await using program = place.start(...args);
  await waitUntil('LastPass to be asked', () => end.isAsked());
  program.signal('SIGINT');
  const code = await program.ended;
  await place.configure({});
  return { code: code ?? -1, stdout: program.output, stderr: '' };
}

test('Ctrl-C ends a preview at once with one clear line and exit code 1, in JSON too', async () => {
  const { code, stdout } = await interrupted('preview');
  assert.deepEqual([code, stdout], [1, 'reading the accounts\nconnector: interrupted; nothing was written']);
  const json = await interrupted('preview', '--json');
  assert.equal(json.code, 1);
  assert.deepEqual(JSON.parse(json.stdout), {
    error: { code: 'INTERRUPTED', message: 'interrupted; nothing was written' },
  });
});

test('Ctrl-C ends a check with one clear line, and nothing is called a failure because of it', async () => {
  const { code, stdout } = await interrupted('check');
  assert.equal(code, 1);
  assert.match(stdout, /^connector: interrupted; nothing was written$/m);
  assert.doesNotMatch(stdout, /failure +LastPass/);
});

test('a check tells of each end by itself: one that fails does not hide the others, and exits with 1', async () => {
  await place.configure({ lastpass: { apiUrl: 'http://127.0.0.1:1/', cid: '1', provhash: 'p' } });
  const { code, stdout, stderr } = await connector('check', '--json');
  await place.configure({});
  assert.deepEqual([code, stderr], [1, '']);
  const { ok, findings } = JSON.parse(stdout) as {
    ok: boolean;
    findings: { grade: string; end: string; what: string; text: string }[];
  };
  assert.equal(ok, false);
  const [redis, others] = [
    findings.filter(({ end }) => end === 'Redis'),
    findings.filter(({ end }) => end !== 'Redis'),
  ];
  assert.deepEqual(
    redis.map(({ grade, what }) => `${grade} ${what}`),
    ['ok answer', 'ok persistence', 'ok eviction', 'ok memory', 'ok schema'],
  );
  const told = others.map(({ grade, end, what }) => `${grade} ${end}: ${what}`);
  assert.deepEqual(told.slice(0, 2), ['failure directory corp: dns', 'failure LastPass: tcp']);
  assert.deepEqual(told.slice(2), Array(3).fill('warning services: services'));
  for (const { text } of findings) assert.doesNotMatch(text, /\n/);
});

/** Runs the command with a reader that goes away at once, before anything is said. */
async function withoutReader(...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const env = { ...process.env, CONNECTOR_CONFIG: place.configFile };
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = await once(child, 'close');
  return { code, stderr };
}

test('a reader that goes away early changes neither the exit code nor what is done, and nobody complains', async () => {
  await place.clear();
  assert.deepEqual(await withoutReader('--help'), { code: 0, stderr: '' });
  assert.deepEqual(await withoutReader('held'), { code: 0, stderr: '' });
  assert.deepEqual(await withoutReader('status'), { code: 1, stderr: '' }, 'no service is running');
  const person = await place.hold('a');
  assert.deepEqual(await withoutReader('release', 'a@x.org', 'nobody@x.org'), { code: 1, stderr: '' });
  assert.equal(await place.store.redis.hexists(place.store.keys.decisions, person), 1);
});

test('a name from the directory steers no terminal, in text, JSON or an error', async () => {
  await place.clear();
  const name = 'Eve\u001b[2J\u009b2J\r\u202e';
  await place.hold('a', { name, heldBecause: name, steps: [{ kind: 'leave-groups', groups: [name], because: name }] });
  for (const args of [['held'], ['held', '--json'], ['release', `${name}@x.org`], ['release', '--all', '--json']]) {
    const { stdout, stderr } = await connector(...args);
    assert.match(stdout + stderr, /Eve/);
    assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]|\u202e/u, args.join(' '));
  }
});
