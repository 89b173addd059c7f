import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { jsonText, openTerminal } from './terminal.ts';

/** Control characters, but for the line end, and some that change the direction of writing. */
const isSteering = /[^\P{Cc}\n]|[\u2028\u202e\u2066]/u;

/** A stream that keeps what is written, and says that it is a terminal or none. */
function screen({ isTTY }: { isTTY: boolean }) {
  const stream = new PassThrough();
  let written = '';
  stream.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const colours = { getColorDepth: () => (isTTY ? 4 : 1), hasColors: () => isTTY };
  return { stream: Object.assign(stream, { isTTY, columns: 20, ...colours }), text: () => written };
}
function open({ outIsTTY = false, errIsTTY = false } = {}) {
  const [out, err] = [screen({ isTTY: outIsTTY }), screen({ isTTY: errIsTTY })];
  return { out, err, terminal: openTerminal({ out: out.stream, err: err.stream }) };
}

test('no line can steer the terminal, wherever it goes', () => {
  for (const outIsTTY of [true, false]) {
    const { out, err, terminal } = open({ outIsTTY });
    terminal.line('Eve\u001b[2J\u009b2J\nroot');
    terminal.problem('LastPass says \u001b]0;x\u0007');
    terminal.json({ name: 'Eve\u001b[2J\u009b2J\u202e' });
    const told = out.text() + err.text();
    assert.ok(!isSteering.test(told), JSON.stringify(told));
    assert.equal(out.text().split('\n', 1)[0], 'Eve [2J 2J root');
  }
});

test('JSON without anything that steers a terminal means the same', () => {
  const name = String.fromCharCode(...Array.from({ length: 0x100 }, (_, code) => code), 0x2028, 0x202e, 0x2066);
  const text = jsonText({ name });
  assert.ok(!isSteering.test(text));
  assert.deepEqual(JSON.parse(text), { name });
});

test('how far it is stands beside the words, so that a file of them is clean, in one line that is overwritten', () => {
  const { out, err, terminal } = open({ errIsTTY: true });
  terminal.progress({ doing: 'reading \u001b[2Jcorp', done: 500, of: null, what: 'objects' });
  terminal.progress({ doing: 'planning', done: 3, of: 7, what: 'people' });
  terminal.line('done');
  assert.equal(out.text(), 'done\n');
  assert.equal(err.text(), 'reading  [2Jcorp  5\r\u001b[Kplanning   42 %  3/\r\u001b[K');
});

test('where lines stay, each is a whole one beside the words, and steers nothing', () => {
  const { out, err, terminal } = open({ outIsTTY: true });
  terminal.progress({ doing: 'reading \u001b[2Jcorp', done: 500, of: null, what: 'objects' });
  terminal.progress({ doing: 'planning', done: 0, of: 7, what: 'people' });
  terminal.progress({ doing: 'planning', done: 3, of: 7, what: 'people' });
  terminal.line('done');
  assert.equal(out.text(), 'done\n');
  assert.equal(err.text(), 'reading  [2Jcorp, 500 objects done\nplanning, 0 of 7 people done (0 %)\n');
});

test('a reader that has gone away is no failure, another failure of writing is', () => {
  const { out } = open();
  assert.doesNotThrow(() => out.stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })));
  assert.throws(() => out.stream.emit('error', Object.assign(new Error('disk full'), { code: 'ENOSPC' })), /disk full/);
});

/** What is made of an answer; `null` where nobody is asked. */
async function asked(answer: string | null, { inputIsTTY = true, errIsTTY = true } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY: inputIsTTY });
  const [out, err] = [screen({ isTTY: true }), screen({ isTTY: errIsTTY })];
  const terminal = openTerminal({ input, out: out.stream, err: err.stream });
  const answered = terminal.ask?.('Send 3 steps\u001b[2J?') ?? null;
  if (answer === null) input.end();
  else input.write(answer);
  return { isYes: await answered, told: err.text(), out: out.text() };
}

test('a question is answered with a plain yes, or it is a no; the end of the input is one, too', async () => {
  for (const answer of ['y\n', 'Yes\n', ' YES \n']) assert.equal((await asked(answer)).isYes, true, answer);
  for (const answer of ['\n', 'n\n', 'yess\n', 'no\n', '\u0003', null])
    assert.equal((await asked(answer)).isYes, false, JSON.stringify(answer));
});

test('a question stands beside the words, and can not steer the terminal; where nobody reads or writes, nobody is asked', async () => {
  const { told, out } = await asked('y\n');
  assert.match(told, /Send 3 steps \[2J\? \[y\/N\]/);
  assert.equal(out, '');
  assert.equal((await asked('y\n', { inputIsTTY: false })).isYes, null);
  assert.equal((await asked('y\n', { errIsTTY: false })).isYes, null);
});
