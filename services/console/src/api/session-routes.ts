/** Signing in and out by way of the API, for browsers. */

import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import type { Store } from '@connector/shared/store.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type Asker, isTokenOfOurs, roles } from '../access/access-tokens.ts';
import { AccountRefused, type SignIn, type SignInOptions, signIn } from '../access/directory-sign-in.ts';
import { csrfHeader, sessionCookie } from '../access/door.ts';
import type { OpenSession, Sessions } from '../access/sessions.ts';
import { countFailure, delayAfterMs } from '../access/sign-in-tries.ts';
import type { TokenCheck } from '../access/token-check.ts';
import { failed, failure } from './answers.ts';

export interface SessionRoutesOptions {
  readonly store: Store;
  readonly check: TokenCheck<Asker>;
  readonly sessions: Sessions;
  /** How Active Directory is asked; `null`: only tokens open sessions. */
  readonly asking: SignInOptions | null;
  readonly log: Logger;
  /** Lets those pass who are signed in already. */
  readonly guard: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
  readonly signal: AbortSignal;
}

const text = (most: number) => z.string().min(1).max(most);
const credentials = z.union(
  [
    z.strictObject({
      user: text(256).describe('name@domain, mail address, DOMAIN\\name or sAMAccountName.'),
      password: text(1_024),
    }),
    z.strictObject({ token: text(1_024).describe('As "connector create-token" makes it, or that of console.token.') }),
  ],
  { error: 'either {"user": "…", "password": "…"} or {"token": "…"}' },
);
type Credentials = z.infer<typeof credentials>;

const opened = z.strictObject({
  name: z.string(),
  role: z.enum(roles),
  csrfToken: z
    .string()
    .nullable()
    .describe(`Goes into ${csrfHeader} with whatever changes something; null: needed by a session only.`),
  endsAt: z.string().nullable().describe('When it ends at the latest; null: it is a token that was sent.'),
});

/** So many attempts of one address may wait for their answers at once. */
const mostWaiting = 10;

const cookieOptions = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;

const told = ({ who, csrfToken, endsAtMs }: OpenSession) => ({
  ...who,
  csrfToken,
  endsAt: new Date(endsAtMs).toISOString(),
});

/** What is answered to whoever isn't let in. */
interface Refusal {
  readonly status: 401 | 403 | 429 | 503;
  readonly code: string;
  readonly message: string;
  readonly retryAfterMs?: number;
}

const tooMany: Refusal = {
  status: 429,
  code: 'TOO_MANY',
  message: 'too many attempts are waiting: wait',
  retryAfterMs: 5_000,
};
const wrongToken: Refusal = {
  status: 401,
  code: 'WRONG_TOKEN',
  message: 'this token opens nothing: it is wrong, over or revoked',
};
const wrong: Refusal = { status: 401, code: 'WRONG_PASSWORD', message: 'the name or the password is wrong' };

function refusalOf(attempt: Exclude<SignIn, { kind: 'welcome' }>): Refusal {
  switch (attempt.kind) {
    case 'wrong':
      return wrong;
    case 'not let in':
      return {
        status: 401,
        code: 'NOT_LET_IN',
        message:
          'Active Directory doesn’t let this account in: it is disabled or expired, may not sign in now, or has to change its password first',
      };
    case 'under way':
      return {
        ...{ status: 429, code: 'TOO_MANY', retryAfterMs: 1_000 },
        message: 'somebody is just signing in as this account: try again',
      };
    case 'too many': {
      const message =
        attempt.againInMs > 0
          ? `too many wrong passwords: Active Directory isn’t asked any more, so that it doesn’t lock the account. Try again in ${Math.ceil(attempt.againInMs / 60_000)} min, or sign in with a token`
          : 'too many wrong passwords: sign in with a token';
      return { status: 429, code: 'TOO_MANY', message, retryAfterMs: attempt.againInMs };
    }
    case 'may not':
      return {
        status: 403,
        code: 'NOT_A_MEMBER',
        message: `the account ${attempt.name} is in neither of the groups that may use the console: see console.signIn in the configuration`,
      };
  }
}

/** Adds them. */
export function addSessionRoutes(scope: FastifyInstance, options: SessionRoutesOptions): void {
  const { store, check, sessions, asking, log, guard, signal } = options;
  const waiting = new Map<string, number>();

  /** Answers late, and later with each failure of the account or the address. */
  const refuse = async (
    request: FastifyRequest,
    reply: FastifyReply,
    refusal: Refusal,
    { failures, beganAtMs }: { failures: number; beganAtMs: number },
  ) => {
    const { status, code, message, retryAfterMs } = refusal;
    log.warn({ address: request.ip, code }, 'somebody failed to sign in to the console');
    const ofAddress = await countFailure(store, `address/${request.ip}`);
    // From its beginning: how long AD took with it tells nothing.
    const leftMs = delayAfterMs(Math.max(failures, ofAddress)) - (performance.now() - beganAtMs);
    await sleep(Math.max(0, leftMs), undefined, { signal }).catch(() => undefined);
    if (retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)));
    return reply.code(status).send(failure(code, message));
  };

  const welcome = (
    request: FastifyRequest,
    reply: FastifyReply,
    { secret, session }: { secret: string; session: OpenSession },
  ) => {
    log.info({ by: session.who.name, role: session.who.role, address: request.ip }, 'signed in to the console');
    return reply.setCookie(sessionCookie, secret, cookieOptions).send(told(session));
  };

  const withToken = async (request: FastifyRequest, reply: FastifyReply, token: string) => {
    const beganAtMs = performance.now();
    const verdict = await check.verdictOn(`Bearer ${token}`, request.ip);
    if (verdict.kind === 'welcome') return welcome(request, reply, await sessions.beginWith(token, verdict.who));
    return refuse(request, reply, verdict.kind === 'too many' ? tooMany : wrongToken, { failures: 1, beganAtMs });
  };

  const withPassword = async (
    request: FastifyRequest,
    reply: FastifyReply,
    given: { user: string; password: string },
  ) => {
    if (asking === null)
      return reply
        .code(403)
        .send(
          failure(
            'NO_SIGN_IN',
            'nobody signs in by name and password here: sign in with a token, or configure console.signIn',
          ),
        );
    const beganAtMs = performance.now();
    let attempt: SignIn;
    try {
      attempt = await signIn(asking, given);
    } catch (error) {
      if (!(error instanceof DirectoryError || error instanceof AccountRefused)) throw error;
      log.error({ code: error.code }, `nobody can sign in to the console: ${error.message}`);
      const message = `Active Directory can’t be asked, see the log of the console (${error.code}): sign in with a token meanwhile`;
      return reply.code(503).send(failure('DIRECTORY_UNAVAILABLE', message));
    }
    if (attempt.kind === 'welcome') return welcome(request, reply, await sessions.beginFor(attempt.who));
    const failures = attempt.kind === 'may not' ? 1 : attempt.failures;
    return refuse(request, reply, refusalOf(attempt), { failures, beganAtMs });
  };

  const response = {
    '4XX': failed.describe('It can’t be done.'),
    503: failed.describe('Redis or Active Directory can’t be asked.'),
  };

  scope.post(
    '/session',
    {
      schema: {
        summary: 'Sign in: a cookie is set',
        security: [],
        body: credentials,
        response: { 200: opened, ...response },
      },
    },
    async (request, reply) => {
      const given = request.body as Credentials;
      const isUnguessable = 'token' in given && isTokenOfOurs(given.token);
      const before = waiting.get(request.ip) ?? 0;
      if (before >= mostWaiting && !isUnguessable)
        return reply
          .code(429)
          .header('retry-after', '5')
          .send(failure('TOO_MANY', 'too many attempts to sign in are waiting: wait'));
      waiting.set(request.ip, before + 1);
      try {
        await store.check();
        return await ('token' in given ? withToken(request, reply, given.token) : withPassword(request, reply, given));
      } finally {
        const left = (waiting.get(request.ip) ?? 1) - 1;
        if (left > 0) waiting.set(request.ip, left);
        else waiting.delete(request.ip);
      }
    },
  );
  scope.get(
    '/session',
    { onRequest: guard, schema: { summary: 'Who am I', response: { 200: opened, ...response } } },
    async ({ session, asker }) =>
      session === null
        ? { name: asker?.name ?? '', role: asker?.role ?? 'viewer', csrfToken: null, endsAt: null }
        : told(session),
  );
  const done = z.strictObject({ ended: z.int().describe('How many sessions.') });
  for (const [url, summary, end] of [
    ['/session', 'Sign out', async (secret: string) => sessions.end(secret).then(() => 1)],
    ['/sessions', 'Sign out everywhere', async (secret: string) => sessions.endAllOf(secret)],
  ] as const)
    scope.delete(
      url,
      { onRequest: guard, schema: { summary, response: { 200: done, ...response } } },
      async (request, reply) => {
        const secret = request.session === null ? undefined : request.cookies[sessionCookie];
        const ended = secret === undefined ? 0 : await end(secret);
        log.info({ by: request.asker?.name, ended }, 'signed out of the console');
        return reply.clearCookie(sessionCookie, cookieOptions).send({ ended });
      },
    );
}
