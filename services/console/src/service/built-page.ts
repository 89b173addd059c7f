/** The page that administrators keep open, as Vite has built it from packages/page: for whoever has signed in, and its scripts for everybody. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { headersForOwn } from '@connector/shared/security-headers.ts';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Door } from '../access/door.ts';
import { signInPath } from '../access/sign-in-path.ts';
import { newNonce } from './nonce.ts';
import { pagePaths } from './page-paths.ts';

const builtIn = resolve(import.meta.dirname, '../../../../packages/page/dist');

/** Stands in the page for the nonce of an answer. */
const noncePlace = '__NONCE__';

const notBuilt =
  'The console’s page isn’t built. Where the console is installed: npm run build -w @connector/page. The API, the queues at /queues/ and the connector command do without.\n';

export interface BuiltPageOptions {
  readonly door: Door;
  /** The folder that Vite has built into, unless a test has another. */
  readonly folder?: string;
}

/** Adds it. What is built anew while the console runs is what it answers next. */
export async function addBuiltPage(
  surface: FastifyInstance,
  { door, folder = builtIn }: BuiltPageOptions,
): Promise<void> {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    // Nothing is kept from those of whom nobody can tell whether they have signed in: the page tells them what stands in the way.
    const { kind } = await door.admit(request).catch(() => ({ kind: 'unknown' as const }));
    if (kind !== 'welcome' && kind !== 'unknown') return reply.redirect(signInPath(request.url));
    const text = await readFile(join(folder, 'index.html'), 'utf8').catch(notThere);
    if (text === null) return reply.code(503).type('text/plain; charset=utf-8').send(notBuilt);
    const nonce = newNonce();
    const page = text.replaceAll(noncePlace, nonce);
    return reply.headers(headersForOwn(nonce)).type('text/html; charset=utf-8').send(page);
  };
  for (const path of pagePaths) surface.get(path, answer);
  await surface.register(async (scope) => {
    // A file's name has a hash of what is in it, and beside it lies what is in it compressed.
    const kept = { immutable: true, maxAge: '1y', preCompressed: true, index: false } as const;
    await scope.register(fastifyStatic, { root: join(folder, 'assets'), prefix: '/assets/', ...kept });
    scope.get('/icon.svg', (_, reply) => reply.sendFile('icon.svg', folder, { immutable: false, maxAge: '1d' }));
  });
}

/** @throws whatever else stands in the way of reading it */
function notThere(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
