/** `npm run dev -w @connector/page`: the page from its sources, as whoever works on it sees it. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { Program } from '../support/child-process.ts';
import { freePort } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const root = resolve(import.meta.dirname, '../..');

test('npm run dev serves the page, and every source of it as a browser takes it', async () => {
  const origin = `http://localhost:${await freePort()}`;
  // Another one may be at work on this clone. `timeout` ends npm and what that has started, as Ctrl-C does on a terminal.
  const own = ['--', '--port', new URL(origin).port, '--strictPort', '--bypass-lock'];
  const args = ['60', 'npm', 'run', 'dev', '-w', '@connector/page', ...own];
  await using server = new Program({ command: 'timeout', args, cwd: root });
  const page = await waitUntil('the page', async () => {
    if (!server.running) throw new Error(server.output);
    return await (await fetch(origin)).text();
  });
  assert.match(page, /<script type="module" src="\/src\/main\.tsx"><\/script>/);
  const sources = globSync('src/**/*.{ts,tsx}', { cwd: resolve(root, 'packages/page'), exclude: ['**/*.test.*'] });
  assert.ok(sources.length > 20, `${sources.length}`);
  for (const source of sources) {
    const answer = await fetch(`${origin}/${source}`);
    assert.equal(answer.status, 200, `${source}: ${await answer.text()}`);
    assert.match(answer.headers.get('content-type') ?? '', /javascript/, source);
  }
});
