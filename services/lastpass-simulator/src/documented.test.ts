/** docs/simulator.md tells of every command, setting, control route, event and step; what it tells of defaults is so. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { buildSimulator } from './app.ts';
import { COMMAND_NAMES } from './command.ts';
import { settings } from './settings.ts';

const guide = await readFile(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');

test('every command has its line', () => {
  const lines = guide.split('\n').filter((line) => line.startsWith('| `'));
  for (const name of COMMAND_NAMES) {
    assert.ok(
      lines.some((line) => line.split('|')[1]?.includes(`\`${name}\``)),
      name,
    );
  }
});

test('every setting has its line, with its default first', () => {
  const { cid: _cid, provhash: _provhash, ...defaults } = settings.parse({});
  for (const [name, value] of Object.entries(defaults)) {
    const line = guide.split('\n').find((one) => one.startsWith(`| \`${name}\` | `));
    assert.ok(line, name);
    assert.equal(/^`([^`]+)`/.exec(line.split(' | ')[1] ?? '')?.[1], String(value), name);
  }
});

test('every route of the control API is told of, and there is no other', async (t) => {
  const app = await buildSimulator();
  t.after(() => app.close());
  await app.ready();
  const lines = guide.split('\n').filter((line) => /^\| `(GET|PUT|POST|DELETE)/.test(line));
  const told = lines.flatMap((line) => {
    const request = line.split(' | ')[0] ?? '';
    const path = /\/(control\/\w+)/.exec(request)?.[1];
    return (request.match(/GET|PUT|POST|DELETE/g) ?? []).map((method) => `${method} ${path}`);
  });
  const routes = app.printRoutes({ commonPrefix: false }).matchAll(/(control\/\w+) \(([^)]*)\)/g);
  const known = [...routes].flatMap(([, path, methods = '']) =>
    methods.split(', ').map((method) => `${method} ${path}`),
  );
  const withoutHead = known.filter((route) => !route.startsWith('HEAD'));
  assert.deepEqual([...new Set(told)].toSorted(), withoutHead.toSorted());
});

test('every action of the event log is told of', async () => {
  const source = await readFile(new URL('happening.ts', import.meta.url), 'utf8');
  const actions = [...source.matchAll(/action: '([^']+)'/g)].map(([, action]) => action);
  assert.ok(actions.length > 20);
  // "`Created`, `Renamed`, `Deleted Shared Folder`" names three.
  const text = guide.replace('`Created`, `Renamed`, ', '`Created Shared Folder`, `Renamed Shared Folder`, ');
  for (const action of actions) assert.ok(text.includes(`\`${action}\``), action);
});
