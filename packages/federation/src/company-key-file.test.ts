import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KeyFileError, readCompanyKey } from './company-key-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'company-key-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'company-key');

test('a key is read whatever Windows’ editors put around it, and nothing else that isn’t part of it', async () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  for (const text of [key, `${key}\n`, `\uFEFF${key}\r\n`]) {
    writeFileSync(file, text);
    (await readCompanyKey(file))[Symbol.dispose]();
  }
  for (const text of [` ${key}`, `${key}\n\n`, '']) {
    writeFileSync(file, text);
    await assert.rejects(readCompanyKey(file), KeyFileError);
  }
});
