import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadState, StateFileError, stateFile } from './state-file.ts';
import { Tenant } from './tenant.ts';

const NOW = new Date('2026-03-01T10:00:00Z');

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'simulator-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

test('no file is no state', async (t) => {
  assert.equal(await loadState(join(await folder(t), 'state.json')), undefined);
});

test('what is not valid is refused by name', async (t) => {
  const path = join(await folder(t), 'state.json');
  for (const text of ['{"users":', '{"users":[{"username":"x"}]}']) {
    await writeFile(path, text);
    await assert.rejects(loadState(path), (error) => error instanceof StateFileError && error.message.includes(path));
  }
});

test('closing writes the last change, whole, and leaves nothing beside it', async (t) => {
  const home = await folder(t);
  const path = join(home, 'state.json');
  const tenant = new Tenant();
  const file = stateFile({ path, snapshot: () => tenant.keptState(), onError: assert.fail });
  tenant.create({ username: 'ann@example.com', fullname: 'Ann' }, NOW);
  file.changed();
  tenant.create({ username: 'bob@example.com' }, NOW);
  file.changed();
  await file.close();
  assert.deepEqual(await readdir(home), ['state.json']);
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), tenant.keptState());
  assert.equal((await loadState(path))?.users?.length, 2);
});

test('a change is written without a close', async (t) => {
  const path = join(await folder(t), 'state.json');
  const file = stateFile({ path, snapshot: () => new Tenant().keptState(), onError: assert.fail });
  file.changed();
  await t.waitFor(async () => assert.ok(await loadState(path)), { timeout: 5_000 });
  await file.close();
});

test('a file that cannot be written is told, and told again at the close', async (t) => {
  const path = join(await folder(t), 'no-such-folder', 'state.json');
  const told = Promise.withResolvers<Error>();
  const file = stateFile({ path, snapshot: () => new Tenant().keptState(), onError: told.resolve });
  file.changed();
  assert.match((await told.promise).message, /can't write the state file/);
  await assert.rejects(file.close(), StateFileError);
});
