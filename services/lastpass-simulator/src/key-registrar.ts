/**
 * `POST /key-registrar/…`: where a connector registers K2 and fragment id of its federated users, by the contract of
 * docs/federation.md. LastPass's own way isn't public. It is off until it has a token.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RequestRefused, read, speakJson } from './json-routes.ts';
import { isSame } from './master-key.ts';
import { registeredKey } from './registered-keys.ts';
import type { Simulation } from './simulation.ts';
import { username } from './user.ts';

const PATH = '/key-registrar';

const question = z.strictObject({ username });
const registration = z.strictObject({ username, ...registeredKey.shape });

export async function keyRegistrar(app: FastifyInstance, { simulation }: { simulation: Simulation }): Promise<void> {
  speakJson(app);
  app.addHook('onRequest', async (request) => admit(request, simulation.settings.keyRegistrarToken));
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  app.post(`${PATH}/registered`, (request) => {
    const { username: name } = read(question, request.body);
    return { username: name, registered: simulation.tenant.keys.find(name) ?? null };
  });
  app.post(`${PATH}/register`, (request, reply) => {
    const { username: name, ...key } = read(registration, request.body);
    const outcome = simulation.tenant.keys.register(name, key);
    if (outcome === 'taken') throw new RequestRefused(`another key is registered for ${name}, and stays`, 409);
    if (outcome === 'kept') simulation.onChange();
    return reply.code(outcome === 'kept' ? 201 : 200).send({ username: name, outcome });
  });
}

function admit({ headers }: FastifyRequest, token: string | null): void {
  if (token === null) throw new RequestRefused('there is no key registrar: switch it on by keyRegistrarToken', 404);
  if (!isSame(headers.authorization ?? '', `Bearer ${token}`)) throw new RequestRefused('wrong token', 401);
}
