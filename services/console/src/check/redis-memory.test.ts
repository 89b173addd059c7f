import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryFinding } from './redis-memory.ts';

const info = (used: number, most: number) =>
  `# Server\r\nredis_version:8.0.2\r\n# Memory\r\nused_memory:${used * 1_048_576}\r\ntotal_system_memory:${2_000 * 1_048_576}\r\nmaxmemory:${most * 1_048_576}\r\n`;

test('tells how much memory Redis uses, of what', () => {
  assert.deepEqual(memoryFinding(info(14, 512), 'Redis'), {
    grade: 'ok',
    end: 'Redis',
    what: 'memory',
    text: 'version 8.0.2, uses 14 MB of 512 MB (maxmemory)',
  });
  assert.match(memoryFinding(info(14, 0), 'Redis').text, /uses 14 MB of 2000 MB \(all that the machine has\)$/);
});

test('warns before it is full', () => {
  const { grade, text } = memoryFinding(info(400, 512), 'Redis');
  assert.deepEqual(
    [grade, /: raise maxmemory, as nothing can be written once it is full$/.test(text)],
    ['warning', true],
  );
  assert.match(memoryFinding(info(1_900, 0), 'Redis').text, /give the machine more memory/);
});
