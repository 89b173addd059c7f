/** The page over HTTP, as a browser gets it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { buildSimulator, type SimulatorOptions } from '../app.ts';
import { API_PATH } from '../enterprise-api.ts';
import { REHEARSAL_PROVHASH } from '../settings.ts';
import { VIEWS } from './query.ts';

const EVIL = `"><script>alert('x')</script>`;
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;';
const ANN = 'ann@example.com';

async function build(t: TestContext, options: SimulatorOptions = {}) {
  const app = await buildSimulator({ nowMs: () => Date.UTC(2026, 2, 1, 10), ...options });
  t.after(() => app.close());
  const get = (query: Record<string, string> = {}) => app.inject({ method: 'GET', url: '/', query });
  const show = async (query: Record<string, string> = {}) => {
    const { statusCode, body } = await get(query);
    assert.equal(statusCode, 200, body);
    return body;
  };
  /** What a reader sees, in one line. */
  const read = async (query: Record<string, string> = {}) => {
    const [, main = ''] = /<main[^>]*>([\s\S]*)<\/main>/.exec(await show(query)) ?? [];
    return main.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  };
  const control = (method: 'PUT' | 'POST', path: string, payload: object) =>
    app.inject({ method, url: `/control/${path}`, payload });
  const call = (cmd: string, data: unknown, more: object = {}) => {
    const payload = JSON.stringify({ cid: '12345678', provhash: REHEARSAL_PROVHASH, cmd, data, ...more });
    return app.inject({ method: 'POST', url: API_PATH, payload });
  };
  return { app, get, show, read, control, call };
}

/** A company in which every text that can be chosen freely is hostile. */
async function hostile(t: TestContext) {
  const group = `G ${EVIL}`;
  const users = [{ username: ANN, fullname: EVIL, groups: [group], attribs: { x: EVIL }, multifactor: EVIL }];
  const folders = [{ name: EVIL, sites: [EVIL], groups: [{ name: group }] }];
  const built = await build(t, { state: { users, folders, policies: [{ name: EVIL, appliesTo: [group] }] } });
  await built.call('batchchangegrp', [{ username: ANN, add: [`H ${EVIL}`] }], { apiuser: EVIL });
  await built.call(EVIL, EVIL);
  await built.control('PUT', 'faults', [{ kind: 'fail', error: EVIL, times: 1 }]);
  await built.call('batchadd', []);
  await built.control('PUT', 'faults', [{ kind: 'fail', error: EVIL }]);
  return built;
}

test('what comes from outside is escaped in every view, the search text too', async (t) => {
  const { show } = await hostile(t);
  for (const query of [
    ...VIEWS.map((view) => ({ view })),
    { view: 'folders', folder: '101' },
    { view: 'accounts', group: `G ${EVIL}` },
  ]) {
    for (const q of ['', EVIL]) {
      const page = await show({ ...query, q });
      assert.equal(/<script|alert\('x'\)/.test(page), false, JSON.stringify({ ...query, q }));
    }
    assert.ok((await show(query)).includes(ESCAPED), JSON.stringify(query));
  }
});

test('it loads nothing, runs nothing and may not be framed; only its own style is let through', async (t) => {
  const { get } = await hostile(t);
  for (const view of VIEWS) {
    const { body, headers } = await get({ view });
    const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
    assert.equal(headers['content-security-policy'], policy);
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.deepEqual([headers['x-content-type-options'], headers['cache-control']], ['nosniff', 'no-store']);
    assert.doesNotMatch(body, /<script|<link|<img|<iframe| src=| on\w+=| style=|url\(|@import/i);
    assert.doesNotMatch(body, /(href|action)="(?!\/|#)/);
  }
});

test('neither the provhash nor a password is on it', async (t) => {
  const provhash = 'hush-hush-hush';
  const { show, control, call } = await build(t);
  await call('batchadd', [{ username: ANN, password: 'geheim' }]);
  await call('batchadd', '[{"username":"cut@example.com","password":"geheim"');
  await call('getuserdata', { note: REHEARSAL_PROVHASH });
  await control('PUT', 'settings', { provhash });
  await call('getuserdata', { note: provhash }, { provhash });
  await call('getuserdata', null, { provhash: 'geheim' });
  for (const view of VIEWS) {
    const page = await show({ view });
    for (const secret of [provhash, REHEARSAL_PROVHASH, 'geheim']) {
      assert.equal(page.includes(secret), false, `${secret} in ${view}`);
    }
  }
});

test('accounts: 10,000 of them page by page, and every view stays quick', async (t) => {
  const users = Array.from({ length: 10_000 }, (_, at) => ({
    username: `u${at}@example.com`,
    groups: ['All', `G${at % 50}`],
  }));
  const folders = Array.from({ length: 20 }, (_, at) => ({ name: `F${at}`, groups: [{ name: 'All' }] }));
  const { read, show } = await build(t, { state: { users, folders } });
  const first = await read({ view: 'accounts' });
  assert.match(first, / u0@example\.com .* u99@example\.com .*10,000 in all, 100 on page 1 of 100/);
  assert.doesNotMatch(first, /u100@/);
  assert.match(
    await read({ view: 'accounts', page: '100' }),
    / u9900@example\.com .* u9999@example\.com .*page 100 of 100/,
  );
  assert.match(await read({ view: 'accounts', page: '4711' }), /page 100 of 100/);
  assert.match(
    await show({ view: 'accounts', page: '2', q: 'u' }),
    /href="\/\?view=accounts&amp;q=u&amp;page=3" rel="next"/,
  );
  const startMs = performance.now();
  for (const query of [...VIEWS.map((view) => ({ view })), { view: 'folders', folder: '101' }]) await show(query);
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs < 5_000, `all views took ${Math.round(tookMs)} ms`);
});

test('accounts narrow down by text, kind and group, and the invited and departed have lists of their own', async (t) => {
  const { read, call } = await build(t, {
    state: {
      users: [
        { username: ANN, fullname: 'Ann B', groups: ['Sales'], admin: true, last_login: '2026-01-01 00:00:00' },
        { username: 'bob@example.com', groups: ['Sales'], disabled: true, pending_email: 'rob@example.com' },
        { username: 'gone@example.com' },
      ],
      invited: ['eve@example.com'],
    },
  });
  await call('deluser', { username: 'gone@example.com', deleteaction: 2 });
  const names = async (query: Record<string, string>) =>
    [...(await read({ view: 'accounts', ...query })).matchAll(/ (\w+)@example\.com /g)]
      .map(([, name]) => name)
      .join(' ');
  assert.equal(await names({}), 'ann bob rob');
  assert.match(await read({ view: 'accounts' }), /becomes rob@example\.com at the next log-in/);
  assert.equal(await names({ q: 'ANN b' }), 'ann');
  assert.equal(await names({ status: 'disabled', group: 'SALES' }), 'bob rob');
  assert.equal(await names({ status: 'active' }), 'ann');
  assert.equal(await names({ status: 'admins' }), 'ann');
  assert.equal(await names({ status: 'new' }), 'bob rob');
  assert.equal(await names({ status: 'invited' }), 'eve');
  assert.equal(await names({ status: 'departed' }), 'gone');
  assert.equal(await names({ group: 'Nowhere' }), '');
});

test('a shared folder shows who has it, who waits and who is disabled, and what it hangs on', async (t) => {
  const { read, call } = await build(t, {
    state: {
      users: [
        { username: ANN, groups: ['Sales'] },
        { username: 'off@example.com', groups: ['Sales'], disabled: true },
      ],
      folders: [{ name: 'Deals', groups: [{ name: 'Sales', readonly: true }] }],
      policies: [{ name: 'Some policy', appliesTo: ['Sales'] }, { name: 'For all' }],
    },
  });
  await call('batchadd', [{ username: 'new@example.com', groups: ['Sales'] }]);
  const folder = await read({ view: 'folders', folder: '101' });
  assert.match(folder, /1 have it, 1 wait for its key, 1 are disabled/);
  assert.match(
    folder,
    /new@example\.com waits .* ann@example\.com has it .* off@example\.com disabled Sales read only/,
  );
  assert.match(await read({ view: 'folders' }), /Deals 101 Sales 0 1 .*Some policy Sales For all everyone/);
  assert.match(await read({ view: 'groups' }), /Sales 3 Deals Some policy 1 in all/);
  assert.match(await read(), /Deals : 1 person waits/);
  assert.match(await read({ view: 'accounts', q: 'new@' }), /1 welcome e-mail · events · calls Deals waits/);
});

test('events and calls are shown newest first, and searched', async (t) => {
  const { read, call, control } = await build(t, { state: { users: [{ username: ANN }] } });
  await call('disableuser', [ANN]);
  await call('deluser', { username: 'who@example.com', deleteaction: 2 });
  await call('enableuser', [ANN]);
  await control('PUT', 'settings', { timeZone: 'US/Eastern' });
  assert.match(await read({ view: 'events' }), /2026-03-01 05:00:00 Reactivated User .*Deactivated User/);
  assert.match(
    await read({ view: 'events', q: 'deact' }),
    /Deactivated User ann@example\.com API 127\.0\.0\.1 1 in all/,
  );
  assert.match(await read({ view: 'calls' }), / 3 2026.* enableuser .* 2 2026.* deluser .* refused No such user/);
  const found = await read({ view: 'calls', q: 'who@' });
  assert.match(found, /deluser .* 1 in all/);
  assert.doesNotMatch(found, /enableuser/);
});

test('the overview says what deserves a look', async (t) => {
  const { read, call, control } = await build(t, { state: { users: [{ username: ANN }] } });
  assert.match(await read(), /Nothing: no address was welcomed twice/);
  await call('reinviteuser', { username: ANN });
  await call('reinviteuser', { username: ANN });
  await call('batchadd', 'nonsense');
  await control('PUT', 'settings', { seats: 5 });
  await control('PUT', 'faults', [{ kind: 'hang', cmd: 'deluser' }]);
  const overview = await read();
  assert.match(overview, /1 address had more than one welcome e-mail: ann@example\.com/);
  assert.match(overview, /1 call refused, at least in part/);
  assert.match(overview, /Seats in use 1 of 5 /);
  assert.match(overview, /seats is 5 , not null .*&quot;kind&quot;:&quot;hang&quot;/);
});

test('an address that makes no sense is as if it asked for nothing', async (t) => {
  const { show, get } = await build(t);
  const usual = await show();
  for (const query of [
    { view: 'nonsense' },
    { page: '-1' },
    { page: 'x' },
    { status: 'odd' },
    { q: 'x'.repeat(301) },
  ]) {
    assert.equal(await show(query as Record<string, string>), usual, JSON.stringify(query));
  }
  assert.match((await get({ view: 'folders', folder: '7' })).body, /There is no such folder/);
});

test('it only shows: nothing but GET and HEAD is answered, and looking changes nothing', async (t) => {
  const { app, show } = await hostile(t);
  const stateOf = async () => [
    (await app.inject('/control/state')).body,
    (await app.inject('/control/calls')).body,
    (await app.inject('/control/events')).body,
  ];
  const before = await stateOf();
  for (const view of VIEWS) await show({ view });
  assert.deepEqual(await stateOf(), before);
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'] as const) {
    assert.equal((await app.inject({ method, url: '/' })).statusCode, 404);
  }
  assert.equal((await app.inject({ method: 'HEAD', url: '/' })).statusCode, 200);
});

test('it follows what happens only when asked to, and keeps on over the tabs', async (t) => {
  const { show } = await build(t);
  assert.doesNotMatch(await show(), /http-equiv/);
  const page = await show({ view: 'events', follow: '1', q: 'x' });
  assert.match(page, /<meta http-equiv="refresh" content="3">/);
  assert.match(page, /href="\/\?view=calls&amp;follow=1"/);
  assert.match(page, /href="\/\?view=events&amp;q=x">stop/);
});
