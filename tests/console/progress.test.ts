/** How far a long command is: a bar on a terminal, lines in a log, nothing with --json, and never among the words on stdout. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { erased, OnTerminal } from '../support/pseudo-terminal.ts';
import { Stack } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { putJaneToWork } from './jane-at-work.ts';
import { Workplace } from './workplace.ts';

const script = resolve(import.meta.dirname, '../../services/console/src/connector.ts');
let place: Workplace;
let dir: string;
before(async () => {
  place = await Workplace.create();
  dir = await mkdtemp(join(tmpdir(), 'connector-progress-'));
});
after(async () => {
  await place[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const onTerminal = (args: readonly string[], configFile = place.configFile) =>
  new OnTerminal({ command: process.execPath, args: [script, ...args], env: { CONNECTOR_CONFIG: configFile } });

/** Runs the command with its two streams in pipes. */
const inPipes = (args: readonly string[], configFile = place.configFile) =>
  new Promise<{ stdout: string; stderr: string }>((done) => {
    const env = { ...process.env, CONNECTOR_CONFIG: configFile };
    execFile(process.execPath, [script, ...args], { env }, (_, stdout, stderr) => done({ stdout, stderr }));
  });

/** Lines about work that has just begun: on a machine that is slow today there are others, too. */
const newLines = (stderr: string): string[] =>
  stderr
    .trimEnd()
    .split('\n')
    .filter((line) => !line.endsWith(' so far'));

const people = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ['1', `corp/${from + index}`]).flat();

/** A sync of ten people, of whom four are through when the wait has been looked at, and the others at the end. */
async function syncOfTen(start: () => { isAt: (text: RegExp) => boolean }): Promise<void> {
  const { redis, keys } = place.store;
  await place.clear();
  for (const service of ['watcher', 'reconciler', 'pusher']) await place.tellCondition(service);
  await redis.zadd(keys.toPlan, ...people(0, 10));
  const { isAt } = start();
  await waitUntil('what is read', () => isAt(/reading corp, reading the accounts, planning 10/));
  await place.answerRequests();
  await waitUntil('what is planned', () => isAt(/(?<!accounts, )planning 10/));
  await redis.zrem(keys.toPlan, ...people(0, 4).filter((_, index) => index % 2 === 1));
  await waitUntil('who is through', () => isAt(/planning 6/));
  await redis.del(keys.toPlan);
}

test('sync on a terminal shows a bar with percent and counts, in one line that is gone at the end', async () => {
  let program: OnTerminal | undefined;
  await syncOfTen(() => {
    const started = onTerminal(['sync']);
    program = started;
    return { isAt: (text) => text.test(started.text) };
  });
  assert.ok(program);
  await using running = program;
  assert.equal(await running.ended, 0);
  const bar = running.bars.find((text) => text.includes('planning 6')) ?? '';
  assert.match(bar, /^planning 6 {2}\[#+-+\] {3}40 % {2}4\/10$/);
  assert.equal(bar.replace(/^.*\[|\].*$/g, '').replaceAll('-', '').length, 9, 'of 24 columns');
  for (const text of running.bars) assert.ok(text.length < 80, text);
  const last = running.text.split(erased).at(-1) ?? '';
  assert.match(last, /^\P{L}*(32m)?Everything is in sync/u, 'what is said takes the line’s place');
});

test('sync in a log tells each kind of work once, with counts, beside the words on stdout', async () => {
  let ended: ReturnType<typeof inPipes> | undefined;
  let stderr = '';
  await syncOfTen(() => {
    const env = { ...process.env, CONNECTOR_CONFIG: place.configFile };
    ended = new Promise((done) => {
      const child = execFile(process.execPath, [script, 'sync'], { env }, (_, out, err) =>
        done({ stdout: out, stderr: err }),
      );
      child.stderr?.on('data', (part: string) => (stderr += part));
    });
    // A change of numbers alone is not told within ten seconds: to go on, what is planned will do.
    return { isAt: (text) => text.test(stderr) || text.source === 'planning 6' };
  });
  const { stdout } = (await ended) ?? { stdout: '' };
  const lines = newLines(stderr);
  assert.equal(lines[0], 'reading corp, reading the accounts, planning 10');
  assert.equal(lines.at(-1), 'planning 10');
  assert.equal(new Set(lines).size, lines.length);
  assert.match(stdout, /^Asked for .*\nEverything is in sync/);
});

test('an edit of the policy, and a support bundle, tell how far they are on a terminal and in a log, and not with --json', async () => {
  await putJaneToWork(place);
  for (const { args, begins, bar } of [
    {
      args: ['policy', 'set', 'groupFilter=[Nobody]', '--dry-run'],
      begins: /^planning, 0 of \d+ people done \(0 %\)\n/,
      bar: /^planning {2}\[-{24}\] {4}0 % {2}0\/\d+$/,
    },
    {
      args: ['support-bundle', '--out', join(dir, 'bundle.json')],
      begins: /^looking at versions, 0 of 7 parts done \(0 %\)\n/,
      bar: /^looking at versions {2}\[-{24}\] {4}0 % {2}0\/7$/,
    },
  ]) {
    const { stdout, stderr } = await inPipes(args);
    assert.match(stderr, begins);
    assert.equal(newLines(stderr).length, 1, 'one line for what takes no time');
    assert.doesNotMatch(stdout, / done|#/);
    const json = await inPipes([...args.filter((arg) => arg !== '--out' && !arg.startsWith(dir)), '--json']);
    assert.equal(json.stderr, '');
    JSON.parse(json.stdout);
    await rm(join(dir, 'bundle.json'), { force: true });
    await using program = onTerminal(args);
    await program.ended;
    assert.ok(
      program.bars.some((text) => bar.test(text)),
      program.text,
    );
    await using quiet = onTerminal([...args.filter((arg) => arg !== '--out' && !arg.startsWith(dir)), '--json']);
    await quiet.ended;
    assert.doesNotMatch(quiet.text, /\[-{24}\]/);
  }
  await place.configure({});
});

test('a preview tells what it reads and plans, with counts, on a terminal and in a log', async () => {
  await using stack = await Stack.create({ directory: (base) => ({ userBases: [`OU=Staff,${base}`] }) });
  await stack.admin.createOu({ name: 'Staff' });
  const ou = `OU=Staff,${stack.domain.baseDn}`;
  for (const name of ['ann', 'bob']) await stack.admin.createUser({ name, ou, mail: `${name}@company.test` });
  const { stdout, stderr } = await inPipes(['preview', '--csv'], stack.configFile);
  assert.deepEqual(
    newLines(stderr).map((line) => line.replace(/\d+ (objects|people)/, 'N $1')),
    [
      'reading the accounts',
      'connecting to corp',
      'reading corp, N objects done',
      'planning, 0 of N people done (0 %)',
    ],
  );
  assert.equal(stdout.trimEnd().split('\n').length, 3, 'stdout has the CSV alone');
  await using program = onTerminal(['preview'], stack.configFile);
  assert.equal(await program.ended, 0);
  assert.ok(
    program.bars.some((text) => /^planning {2}\[-{24}\] {4}0 % {2}0\/\d+$/.test(text)),
    program.text,
  );
  assert.ok(program.bars.some((text) => /^reading corp {2}\d+ objects$/.test(text)));
  assert.equal((await inPipes(['preview', '--json'], stack.configFile)).stderr, '');
});
