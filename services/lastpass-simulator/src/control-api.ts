/**
 * `/control/…`: the strings that a rehearsal or a test pulls. JSON in and out, content-type application/json.
 *
 * It asks for no password: keep the simulator on loopback or on a network of its own.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { faultList } from './faults.ts';
import { folderList, folderState } from './folder.ts';
import { secretRegenerated } from './happening.ts';
import { RequestRefused, read, speakJson } from './json-routes.ts';
import { logIn, logInRefused } from './log-in.ts';
import { policyList } from './policies.ts';
import { objectionTo, takeHiddenPassword } from './prove-identity.ts';
import { patched, settingsPatch } from './settings.ts';
import type { Simulation } from './simulation.ts';
import { stateSeed } from './state.ts';
import { Tenant } from './tenant.ts';
import { username } from './user.ts';

const BODY_LIMIT_BYTES = 256 * 1024 * 1024;

type Options = { simulation: Simulation };

export async function controlApi(app: FastifyInstance, { simulation }: Options): Promise<void> {
  speakJson(app);
  app.addHook('onRequest', refuseForeignPages);
  stateRoutes(app, simulation);
  callRoutes(app, simulation);
  faultRoutes(app, simulation);
  settingsRoutes(app, simulation);
  folderRoutes(app, simulation);
  policyRoutes(app, simulation);
  eventRoutes(app, simulation);
  app.post('/control/login', (request) => login(simulation, request));
  app.post('/control/reset', (_request, reply) => reset(simulation, reply));
}

/** A browser says so when the page that asks is another site's (Fetch Metadata, Sec-Fetch-Site); programs say nothing. */
async function refuseForeignPages({ headers }: FastifyRequest): Promise<void> {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new RequestRefused('the control API takes no calls from the web pages of others', 403);
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
    const { provhash } = simulation.settings;
    simulation.settings = patched(simulation.settings, read(settingsPatch, request.body));
    if (simulation.settings.provhash !== provhash) {
      simulation.tenant.note(secretRegenerated);
      changed(simulation, request);
    }
    return simulation.settings;
  });
}

function folderRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/control/folders', () => simulation.tenant.sharing.snapshot());
  app.put('/control/folders', { bodyLimit: BODY_LIMIT_BYTES }, (request) => {
    const { sharing } = simulation.tenant;
    sharing.setFolders(read(folderList, request.body));
    changed(simulation, request);
    return sharing.snapshot();
  });
  app.get<{ Params: { id: string } }>('/control/folders/:id', (request) => folder(simulation, request.params.id));
}

/** One folder with everybody it is shared to: who has it, who waits for its key, who is blocked. */
function folder({ tenant: { sharing } }: Simulation, id: string) {
  const found = sharing.folders().find((one) => one.id === id);
  if (found === undefined) throw new RequestRefused(`there is no folder ${id}`, 404);
  const members = sharing
    .membersOf(found)
    .map(({ user, state, rights }) => ({ username: user.username, state, ...rights }));
  return { ...folderState(found), members };
}

function policyRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/control/policies', () => simulation.tenant.sharing.policies());
  app.put('/control/policies', (request) => {
    const { sharing } = simulation.tenant;
    sharing.setPolicies(read(policyList, request.body));
    changed(simulation, request);
    return sharing.policies();
  });
}

function eventRoutes(app: FastifyInstance, simulation: Simulation): void {
  app.get('/control/events', (request) => ({
    events: simulation.tenant.events.since(read(sinceQuery, request.query).since),
  }));
  app.delete('/control/events', (_request, reply) => {
    simulation.tenant.events.clear();
    simulation.onChange();
    return reply.code(204).send();
  });
}

/** Writes what a request changed into the event log, and has the state kept. */
function changed(simulation: Simulation, { ip }: FastifyRequest, username = 'Admin Console'): void {
  simulation.tenant.record({ username, ipAddress: ip, nowMs: simulation.nowMs() });
  simulation.onChange();
}

const loginBody = z.strictObject({
  username,
  password: z.string().optional(),
  LastPassKeyPart: z.base64().optional(),
});

/** The answer has the username from now on. */
async function login(simulation: Simulation, request: FastifyRequest) {
  const shown = read(loginBody, request.body);
  const { username: name } = shown;
  const objection = await objectionTo(simulation.tenant, shown);
  if (objection?.kind === 'wrong') {
    logInRefused(simulation.tenant, name);
    changed(simulation, request, name);
  }
  if (objection !== null) throw new RequestRefused(objection.text, objection.kind === 'wrong' ? 401 : 409);
  if (simulation.tenant.find(name)?.disabled === false) await takeHiddenPassword(simulation.tenant, shown);
  const result = logIn(simulation.tenant, name, new Date(simulation.nowMs()));
  changed(simulation, request, name);
  if ('user' in result) {
    const { username: current, neverloggedin, last_login } = result.user;
    return { username: current, neverloggedin, last_login };
  }
  throw result.refused === 'disabled'
    ? new RequestRefused(`${name} is disabled, so the log-in is refused`, 409)
    : new RequestRefused(`${name} is neither a user nor invited`, 404);
}

function reset(simulation: Simulation, reply: FastifyReply): FastifyReply {
  simulation.tenant = new Tenant();
  simulation.calls.clear();
  simulation.faults.replace([]);
  simulation.emailChanges.clear();
  simulation.onChange();
  return reply.code(204).send();
}
