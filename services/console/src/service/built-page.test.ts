import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Admission, Door } from '../access/door.ts';
import { addBuiltPage } from './built-page.ts';
import { pagePaths } from './page-paths.ts';

const script = 'console.log("it runs");\n'.repeat(100);

describe('the built page', () => {
  let folder: string;
  const surfaces: FastifyInstance[] = [];
  let admission: () => Promise<Admission>;
  const welcome: Admission = { kind: 'welcome', who: { name: 'ada', role: 'viewer' } };
  const door = { admit: (_: FastifyRequest) => admission() } as Partial<Door> as Door;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'built-page-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<meta name="csp-nonce" content="__NONCE__"><div id="root"></div>');
    await writeFile(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(join(folder, 'secret.txt'), 'not for anybody');
    await writeFile(join(folder, 'assets/index-abc.js'), script);
    await writeFile(join(folder, 'assets/index-abc.js.br'), brotliCompressSync(script));
    await writeFile(join(folder, 'assets/index-abc.js.gz'), gzipSync(script));
    await writeFile(join(folder, 'assets/index-abc.css'), 'body{}');
  });
  after(async () => {
    for (const surface of surfaces) await surface.close();
    await rm(folder, { recursive: true });
  });

  /** A console that takes its page from there. Whatever isn't kept by its own word isn't kept, as on a service's surface. */
  async function surfaceOf(from: string): Promise<FastifyInstance> {
    admission = async () => welcome;
    const surface = Fastify();
    surfaces.push(surface);
    surface.addHook('onRequest', async (_, reply) => void reply.headers({ 'cache-control': 'no-store' }));
    await addBuiltPage(surface, { door, folder: from });
    return surface;
  }
  const get = (surface: FastifyInstance, url: string, encoding = 'identity') =>
    surface.inject({ method: 'GET', url, headers: { 'accept-encoding': encoding } });

  test('is answered at every path of its own to whoever has signed in, and at no other', async () => {
    const surface = await surfaceOf(folder);
    for (const path of [...pagePaths.filter((each) => !each.includes('*')), '/people/corp%2Fx', '/held?offset=100']) {
      const { statusCode, headers, body } = await get(surface, path);
      assert.equal(statusCode, 200, path);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(headers['cache-control'], 'no-store');
      assert.match(body, /<div id="root">/);
    }
    for (const path of ['/nothing', '/held/more', '/index.html', '/secret.txt', '/assets/../secret.txt'])
      assert.ok([403, 404].includes((await get(surface, path)).statusCode), path);
  });

  test('has a nonce of its own in each answer, the same in the policy, which allows nothing inline and no other host', async () => {
    const surface = await surfaceOf(folder);
    const nonces = new Set<string>();
    for (let time = 0; time < 3; time++) {
      const { body, headers } = await get(surface, '/');
      const nonce = /content="([^"]+)"/.exec(body)?.[1] ?? assert.fail(body);
      const policy = String(headers['content-security-policy']).split('; ');
      assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`), policy.join('\n'));
      assert.ok(policy.includes("script-src 'self'") && policy.includes("default-src 'none'"));
      assert.doesNotMatch(policy.join(), /unsafe|https?:|\*|data:/);
      nonces.add(nonce);
    }
    assert.equal(nonces.size, 3);
  });

  test('leads whoever hasn’t signed in to where one does, and back', async () => {
    const surface = await surfaceOf(folder);
    admission = async () => ({ kind: 'none' });
    const { statusCode, headers } = await get(surface, '/held?offset=100');
    assert.deepEqual([statusCode, headers.location], [302, '/sign-in?to=%2Fheld%3Foffset%3D100']);
    assert.equal((await get(surface, '/')).headers.location, '/sign-in');
  });

  test('is there when nobody can tell who asks, to say what stands in the way', async () => {
    const surface = await surfaceOf(folder);
    admission = () => Promise.reject(new Error('no Redis'));
    assert.equal((await get(surface, '/')).statusCode, 200);
  });

  test('its files are kept for good, compressed as the browser takes them, and need no session', async () => {
    const surface = await surfaceOf(folder);
    admission = async () => ({ kind: 'none' });
    for (const [encoding, told, decoded] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['identity', undefined, (text: Buffer) => text],
    ] as const) {
      const { statusCode, headers, rawPayload } = await get(surface, '/assets/index-abc.js', encoding);
      assert.deepEqual([statusCode, headers['content-encoding']], [200, told]);
      assert.equal(decoded(rawPayload).toString(), script);
      assert.match(String(headers['content-type']), /^(text|application)\/javascript\b/);
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
      assert.equal(headers['vary'], 'accept-encoding');
    }
    const style = await get(surface, '/assets/index-abc.css', 'br');
    assert.match(String(style.headers['content-type']), /^text\/css\b/);
    assert.equal(style.body, 'body{}', 'what is small isn’t compressed');
    assert.match(String((await get(surface, '/icon.svg')).headers['content-type']), /^image\/svg\+xml/);
    const gone = await get(surface, '/assets/index-old.js');
    assert.deepEqual([gone.statusCode, gone.headers['cache-control']], [404, 'no-store']);
  });

  test('says how to build it where it isn’t, and is there once it is', async () => {
    const later = join(folder, 'later');
    const surface = await surfaceOf(later);
    const { statusCode, headers, body } = await get(surface, '/');
    assert.deepEqual([statusCode, headers['cache-control']], [503, 'no-store']);
    assert.match(body, /isn’t built.*npm run build -w @connector\/page/);
    assert.equal((await get(surface, '/assets/index-abc.js')).statusCode, 404);
    await mkdir(join(later, 'assets'), { recursive: true });
    await writeFile(join(later, 'index.html'), 'built');
    await writeFile(join(later, 'assets/index-abc.js'), script);
    assert.equal((await get(surface, '/')).body, 'built');
    assert.equal((await get(surface, '/assets/index-abc.js')).statusCode, 200);
  });
});
