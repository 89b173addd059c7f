/**
 * The console's API, `/api/v1`: what the `connector` command does, over HTTP, for whoever has a token. It describes itself at
 * `/api/v1/openapi.json`.
 */

import { headersFor } from '@connector/shared/security-headers.ts';
import swagger from '@fastify/swagger';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { csrfHeader, type Door, sessionCookie } from '../access/door.ts';
import { type Page, pageOf } from '../page.ts';
import type { Session } from '../session.ts';
import { failed, failure, prefix } from './answers.ts';
import { addCheck } from './check-route.ts';
import { addEvents } from './events-route.ts';
import { type Found, foundFor, told } from './found.ts';
import { guardOf } from './guard.ts';
import { addLastDay } from './last-day-route.ts';
import { addPreviewRoutes } from './preview-routes.ts';
import { addReveal } from './reveal-route.ts';
import { type Route, routes } from './routes.ts';
import { addSearch } from './search-route.ts';
import { addSessionRoutes, type SessionRoutesOptions } from './session-routes.ts';
import { addSupportBundleRoute } from './support-bundle-route.ts';

export interface ApiOptions {
  readonly door: Door;
  readonly session: Session;
  readonly log: Logger;
  /** What signing in takes. */
  readonly signIn: Omit<SessionRoutesOptions, 'guard' | 'log'>;
}

/** Described in docs/cli.md. */
const document = z.looseObject({});
/** Adds the API. */
export async function addApi(surface: FastifyInstance, options: ApiOptions): Promise<void> {
  await surface.register(
    async (scope) => {
      scope.setValidatorCompiler(validatorCompiler);
      scope.setSerializerCompiler(serializerCompiler);
      await scope.register(swagger, {
        openapi: {
          openapi: '3.1.0',
          info: { title: 'LastPass Directory Connector', version: manifest.version },
          components: {
            securitySchemes: {
              token: { type: 'http', scheme: 'bearer' },
              session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
              csrf: { type: 'apiKey', in: 'header', name: csrfHeader },
            },
          },
          security: [{ token: [] }, { session: [], csrf: [] }],
        },
        transform: jsonSchemaTransform,
      });
      scope.addHook('onRequest', async (_, reply) => void reply.headers(headersFor('plain')));
      scope.decorateRequest('asker', null);
      scope.decorateRequest('session', null);
      scope.setErrorHandler((error: FastifyError, request, reply) =>
        answerFailure(error, { request, reply, ...options }),
      );
      // A route, and no handler of what isn't found: that would be asked only once a body was read.
      scope.all('/*', { onRequest: guardOf('viewer', options), schema: { hide: true } }, (_, reply) =>
        reply.code(404).send(failure('NOT_FOUND', `there is nothing here: see ${prefix}/openapi.json`)),
      );
      addSessionRoutes(scope, { ...options.signIn, log: options.log, guard: guardOf('viewer', options) });
      const found = foundFor(options.session);
      addSearch(scope, { ...options, roster: found.roster });
      for (const add of [addCheck, addEvents, addLastDay, addPreviewRoutes, addSupportBundleRoute, addReveal])
        add(scope, options);
      for (const route of routes) addRoute(scope, route, { ...options, found });
      scope.get(
        '/openapi.json',
        { onRequest: guardOf('viewer', options), schema: { summary: 'This document' } },
        async () => scope.swagger(),
      );
    },
    { prefix },
  );
}

function addRoute(scope: FastifyInstance, route: Route, { found, ...options }: ApiOptions & { found: Found }): void {
  const { method, url, summary, querystring, params, body, codes, pages = [] } = route;
  const { session } = options;
  const list = found.lists.get(route);
  scope.route({
    method,
    url,
    onRequest: guardOf(route.role, options),
    schema: {
      summary,
      ...(querystring ? { querystring } : {}),
      ...(params ? { params } : {}),
      ...(body ? { body } : {}),
      response: {
        [codes.done]: document.describe('The document that the command prints.'),
        ...(codes.notDone === codes.done
          ? {}
          : { [codes.notDone]: document.describe('The same: not all was done, or found.') }),
        '4XX': failed.describe('It can’t be done.'),
        503: failed.describe('Redis can’t be reached, or isn’t as it should be.'),
      },
    },
    handler: async (request, reply) => {
      const { query, params: inPath, body: sent, asker } = request;
      await session.store.check(); // as the command does: else it could be told as failed what was done
      if (list !== undefined) return reply.send(pageOf(await list.get(), pages, query as Page));
      const context = { session, by: asker?.name ?? '', roster: () => found.roster.get() };
      const invocation = route.does({ query, params: inPath, body: sent });
      try {
        const { exitCode, document: printed } = await told(context, invocation, request.signal);
        if (method !== 'GET') options.log.info({ by: asker?.name, command: invocation.command }, 'done by the API');
        return reply.code(exitCode === 0 ? codes.done : codes.notDone).send(printed);
      } finally {
        if (method !== 'GET') found.forget();
      }
    },
  });
}

interface Failing {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly session: Session;
  readonly log: Logger;
}

/** What doesn't fit is told with its place; what a command says in a line of its own is passed on; of anything else nothing is told. */
function answerFailure(error: FastifyError, { request, reply, session, log }: Failing): FastifyReply {
  if (error.validation !== undefined) {
    const problems = error.validation.map(
      ({ instancePath, message }) =>
        `${error.validationContext ?? 'request'}${instancePath.replaceAll('/', '.')}: ${message}`,
    );
    return reply.code(400).send(failure('BAD_REQUEST', problems.join('; ')));
  }
  if (error.statusCode !== undefined && error.statusCode < 500)
    return reply.code(error.statusCode).send(failure(error.code, error.message));
  const told = session.explain(error);
  const { code = '', message } = told as { code?: string; message: string };
  const status = statusOf[code];
  if (status !== undefined) return reply.code(status).send(failure(code, message));
  log.error({ err: told, method: request.method, route: request.routeOptions.url }, 'the API failed');
  return reply.code(500).send(failure('FAILED', 'it failed: the log of the console tells why'));
}

/** Errors whose message is a line for people that says what stands in the way. */
const statusOf: Readonly<Record<string, 400 | 409 | 503>> = {
  POLICY: 400,
  POLICY_MOVED: 409,
  PREVIEW_UNFINISHED: 409,
  NOT_PLANNED: 409,
  REDIS_UNREACHABLE: 503,
  REDIS_UNSUITABLE: 503,
  NOT_DURABLE: 503,
  TIMELINE_CHANGED: 503,
  SCHEMA_MISMATCH: 503,
  MIGRATION_UNDER_WAY: 503,
  UNREADABLE_STATE: 503,
};
