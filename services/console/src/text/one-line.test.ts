import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneLine, onlyText } from './one-line.ts';

/** Whatever a terminal could take for something else than a text. */
const steering = [
  ...Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)),
  ...Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(0x7f + code)), // DEL and C1: 8-bit ESC [ is U+009B
  ...['\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'],
];

test('each control character, line end and change of direction becomes a space, and a run of them one', () => {
  for (const character of steering) {
    assert.equal(oneLine(`a${character}b`), 'a b', JSON.stringify(character));
    for (const colours of [true, false]) assert.equal(onlyText(`a${character}b`, { colours }), 'a b');
  }
  assert.equal(oneLine('Eve\u001b[2J\r\nroot\u202e'), 'Eve [2J root ');
});

test('names of any script stay as they are', () => {
  for (const name of ['Zoë Müller', '山田 太郎', 'שלום', 'علی\u200cرضا', '👩\u200d💻'])
    assert.equal(onlyText(oneLine(name), { colours: true }), name);
});

test('colours stay where they are wanted, and nothing else that begins like one', () => {
  const painted = '\u001b[31mbad\u001b[39m';
  assert.equal(onlyText(painted, { colours: true }), painted);
  assert.equal(onlyText(painted), ' [31mbad [39m');
  assert.equal(onlyText(`\r\n${painted}`, { colours: true }), ` ${painted}`);
  for (const trick of ['\u001b[2J', '\u001b[31;2J', '\u001b]0;title\u0007', '\u001b[1A', '\u001b\u001b[6n'])
    assert.ok(!onlyText(trick, { colours: true }).includes('\u001b'), JSON.stringify(trick));
});
