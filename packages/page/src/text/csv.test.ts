import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvRow } from './csv.ts';

test('a cell with a comma or a quote stands in quotes', () => {
  assert.equal(csvRow(['a', 'b, c', 'say "hi"', '']), 'a,"b, c","say ""hi""",');
});

test('what a spreadsheet would take for a formula is text, and every row is one line', () => {
  assert.equal(csvRow(['=1+1', '+49', '-x', '@me', '＝1', 'two\r\nlines\t']), "'=1+1,'+49,'-x,'@me,'＝1,two lines");
});
