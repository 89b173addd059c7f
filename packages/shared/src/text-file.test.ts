import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NotUtf8, readCertificateFile, readTextFile } from './text-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'text-file-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'text');
const mark = '\uFEFF';

test('one byte order mark at the head is no part of a text, and every other one is', () => {
  for (const [written, text] of [
    ['Größe', 'Größe'],
    [`${mark}secret`, 'secret'],
    [`${mark}${mark}a${mark}`, `${mark}a${mark}`],
    ['', ''],
  ] as const) {
    writeFileSync(path, written);
    assert.deepEqual([readTextFile(path), readCertificateFile(path)], [text, text]);
  }
});

test('what is no UTF-8 is refused, as each letter of a secret matters, and told without a word of it', () => {
  for (const bytes of [Buffer.from(`${mark}secret`, 'utf16le'), Buffer.from('Größe', 'latin1')]) {
    writeFileSync(path, bytes);
    assert.throws(
      () => readTextFile(path),
      (error) => error instanceof NotUtf8 && !/secret|Gr/.test(JSON.stringify(error) + error.message),
    );
  }
});

test('what stands around certificates may be in any encoding', () => {
  writeFileSync(path, Buffer.from('# Größe\n-----BEGIN CERTIFICATE-----\n', 'latin1'));
  assert.match(readCertificateFile(path), /\n-----BEGIN CERTIFICATE-----\n$/);
});
