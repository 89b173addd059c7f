/**
 * `/control/…`: the strings that a rehearsal or a test pulls. JSON in and out, content-type application/json.
 *
 * It asks for no password: keep the simulator on loopback or on a network of its own.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { faultList } from './faults.ts';
import { problem } from './problem.ts';
import { patched, settingsPatch } from './settings.ts';
import type { Simulation } from './simulation.ts';
import { stateSeed } from './state.ts';
import { SeedError, Tenant } from './tenant.ts';
import { loggedIn, loggedInAgain, username } from './user.ts';
import { wireTime } from './wire-time.ts';

const BODY_LIMIT_BYTES = 256 * 1024 * 1024;

/** A request that the control API can't follow; `statusCode` is the HTTP status. */
class ControlError extends Error {
  readonly code = 'control-refused';
  readonly statusCode: number;

  constructor(message: string, statusCode = 400) {
    super(message);
    this.statusCode = statusCode;
  }
}

type Options = { simulation: Simulation };

export async function controlApi(app: FastifyInstance, { simulation }: Options): Promise<void> {
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply: FastifyReply) =>
    reply.code(error instanceof SeedError ? 400 : (error.statusCode ?? 500)).send({ error: error.message }),
  );
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', refuseForeignPages);
  stateRoutes(app, simulation);
  callRoutes(app, simulation);
  faultRoutes(app, simulation);
  settingsRoutes(app, simulation);
  app.post('/control/login', (request) => login(simulation, read(z.strictObject({ username }), request.body)));
  app.post('/control/reset', (_request, reply) => reset(simulation, reply));
}

/** A browser says so when the page that asks is another site's (Fetch Metadata, Sec-Fetch-Site); programs say nothing. */
async function refuseForeignPages({ headers }: FastifyRequest): Promise<void> {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new ControlError('the control API takes no calls from the web pages of others', 403);
}

function stateRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/control/state', () => simulation.tenant.snapshot());
  app.put('/control/state', { bodyLimit: BODY_LIMIT_BYTES }, (request) => {
    simulation.tenant = Tenant.from(read(stateSeed, request.body), new Date(simulation.nowMs()));
    simulation.onChange();
    return simulation.tenant.snapshot();
  });
}

const sinceQuery = z.strictObject({ since: z.coerce.number().int().min(0).default(0) });

function callRoutes(app: FastifyInstance, { calls }: Simulation): void {
  app.get('/control/calls', (request) => ({
    calls: calls.since(read(sinceQuery, request.query).since),
    lastSequence: calls.lastSequence(),
  }));
  app.delete('/control/calls', (_request, reply) => {
    calls.clear();
    return reply.code(204).send();
  });
}

function faultRoutes(app: FastifyInstance, { faults }: Simulation): void {
  app.get('/control/faults', () => faults.list());
  app.put('/control/faults', (request) => {
    faults.replace(read(faultList, request.body));
    return faults.list();
  });
  app.delete('/control/faults', (_request, reply) => {
    faults.replace([]);
    return reply.code(204).send();
  });
}

function settingsRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/control/settings', () => simulation.settings);
  app.put('/control/settings', (request) => {
    simulation.settings = patched(simulation.settings, read(settingsPatch, request.body));
    return simulation.settings;
  });
}

/**
 * The person logs in. The first time an invitation is accepted and a password set; any time a pending change of e-mail
 * takes effect, so the username in the answer is the one from now on.
 */
function login(simulation: Simulation, { username: name }: { username: string }) {
  const { tenant } = simulation;
  const now = new Date(simulation.nowMs());
  if (tenant.invited.delete(name)) tenant.create({ username: name }, now);
  const user = tenant.find(name);
  if (user === undefined) throw new ControlError(`${name} is neither a user nor invited`, 404);
  if (user.disabled) throw new ControlError(`${name} is disabled, so the log-in is refused`, 409);
  const moment = wireTime(now);
  Object.assign(user, user.neverloggedin ? loggedIn(moment) : loggedInAgain(user, moment));
  tenant.settleEmail(user);
  simulation.onChange();
  return { username: user.username, neverloggedin: user.neverloggedin, last_login: user.last_login };
}

function reset(simulation: Simulation, reply: FastifyReply): FastifyReply {
  simulation.tenant = new Tenant();
  simulation.calls.clear();
  simulation.faults.replace([]);
  simulation.emailChanges.clear();
  simulation.onChange();
  return reply.code(204).send();
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ControlError(problem(parsed.error));
}
