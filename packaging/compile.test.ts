import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, compiledName } from './compile.ts';

const source = `import type { Plan } from './plan.ts';
import { commit } from '@connector/shared/transaction.ts';
export * from "../state.ts";
/** Called by \`round.ts\`, and by 'people'. */
export async function load(name: string): Promise<Plan> {
  const { read } = await import('./read.ts');
  new Worker(new URL('./thread.ts', import.meta.url));
  return read<Plan>(name, 'plan.ts', commit);
}
`;

test('types go, every line stays where it was, and modules of ours are named as they are called then', () => {
  const lines = compile(source).split('\n');
  assert.equal(lines.length, source.split('\n').length);
  assert.equal(lines[0]?.trim(), '');
  assert.equal(lines[1], "import { commit } from '@connector/shared/transaction.js';");
  assert.equal(lines[2], 'export * from "../state.js";');
  assert.equal(lines[3], "/** Called by `round.ts`, and by 'people'. */");
  assert.match(lines[4] ?? '', /^export async function load\(name +\) +\{$/);
  assert.equal(lines[5], "  const { read } = await import('./read.js');");
  assert.equal(lines[6], "  new Worker(new URL('./thread.js', import.meta.url));");
  assert.match(lines[7] ?? '', /'plan\.ts'/, 'what is no module of ours keeps its name');
});

test('what has no plain counterpart is refused', () => {
  assert.throws(() => compile('enum Colour { red }'), SyntaxError);
});

test('modules alone are renamed', () => {
  assert.equal(compiledName('src/main.ts'), 'src/main.js');
  assert.equal(compiledName('src/page.html'), 'src/page.html');
});
