/** What each service tells over HTTP, without being asked for a secret: alive, ready with reasons, and its figures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Servers } from '../faults/pipeline.ts';
import { bases, directory, policy, surroundings, tenant } from '../faults/scenario.ts';
import { addressOf, notReady, recovered } from '../faults/service-report.ts';

const token = 'the-token-of-this-test-and-no-other';
/** A figure of its own that each has. */
const figures = {
  watcher: /^connector_watcher_active\{directory="corp"\} [01]$/m,
  reconciler: /^connector_people_planned_total \d+$/m,
  pusher: /^# TYPE connector_lastpass_calls_total counter$/m,
  console: /^connector_people_to_deliver \d+$/m,
} as const;

test('every service tells that it is alive, whether it is ready and why not, and its figures', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ tenant, directory, policy, console: { token } });
  const names = ['watcher', 'reconciler', 'pusher', 'console'] as const;
  const programs = names.map((name) => ({ name, program: run.process(name) }));
  for (const { name, program } of programs) {
    const origin = await addressOf(program);
    const alive = await fetch(`${origin}/healthz`);
    assert.deepEqual([alive.status, await alive.json()], [200, { status: 'alive' }], name);
  }
  const [watcher, reconciler, pusher, page] = programs.map(({ program }) => program);
  assert.ok(watcher && reconciler && pusher && page);
  await notReady(watcher, /ldaps:\/\/127\.0\.0\.9 can't be reached/);
  await notReady(reconciler, /the first full read of the directory corp isn't complete yet/);
  await recovered(pusher);
  await recovered(page);
  for (const { name, program } of programs) {
    const answer = await fetch(`${await addressOf(program)}/metrics`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=/);
    assert.match(await answer.text(), figures[name], name);
    const throughProxy = await fetch(`${await addressOf(program)}/metrics`, {
      headers: { 'x-forwarded-for': '192.0.2.7' },
    });
    assert.equal(throughProxy.status, 404, `${name}: whoever reaches the page through a proxy needs no figures`);
  }
  await run.appendFullRead(surroundings(), bases);
  await recovered(reconciler);
});

test('the console leads strangers to where one signs in, shows whoever has the token its page, and its queues ask for it', async () => {
  await using servers = await Servers.create();
  await using run = await servers.run({ console: { token } });
  const program = run.process('console');
  await recovered(program);
  const origin = await addressOf(program);
  const stranger = await fetch(`${origin}/held`);
  assert.deepEqual([stranger.status, stranger.url], [200, `${origin}/sign-in?to=%2Fheld`]);
  assert.match(await stranger.text(), /<form id="by-token"/);
  const page = await fetch(`${origin}/held`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(page.status, 200);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  const text = await page.text();
  const nonce = /name="csp-nonce" content="([^"]+)"/.exec(text)?.[1] ?? assert.fail(text);
  assert.ok(policy.includes(`'nonce-${nonce}'`));
  const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
  assert.ok(files.some((path) => path.endsWith('.js')) && files.some((path) => path.endsWith('.css')), text);
  for (const path of files) assert.equal((await fetch(`${origin}${path}`)).status, 200, path);
  const gone = await fetch(`${origin}/assets/gone.js`);
  assert.deepEqual([gone.status, gone.headers.get('cache-control')], [404, 'no-store']);
  assert.equal((await fetch(`${origin}/nothing`)).status, 404);
  assert.equal((await fetch(`${origin}/queues/`)).status, 401);
  assert.equal((await fetch(`${origin}/queues/`, { headers: { authorization: 'Bearer wrong' } })).status, 401);
  const open = await fetch(`${origin}/queues/`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(open.status, 200);
  await open.text();
  assert.match(program.output, /somebody sent a wrong token to the console/);
  assert.ok(!program.output.includes(token), 'the token is in the log');
});

test('the simulator tells that it is alive', async () => {
  await using servers = await Servers.create();
  const answer = await fetch(new URL('/healthz', servers.simulator.apiUrl));
  assert.deepEqual([answer.status, await answer.json()], [200, { status: 'alive' }]);
});
