/**
 * `/login/type` and `/getkey`: what a client of LastPass asks before a federated log-in. That it asks both is public; paths and
 * forms are ours. What lets a client have K2 here is the fragment id, which only who has K1 can tell; at LastPass it is what the
 * identity provider signs.
 */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { RequestRefused, read, speakJson } from './json-routes.ts';
import { ROUNDS } from './master-key.ts';
import type { Simulation } from './simulation.ts';
import { username } from './user.ts';

const typeQuery = z.strictObject({ username });
const keyRequest = z.strictObject({ username, fragmentId: z.string() });

export async function federatedClientApi(
  app: FastifyInstance,
  { simulation }: { simulation: Simulation },
): Promise<void> {
  speakJson(app);
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  app.get('/login/type', (request) => {
    const { username: name } = read(typeQuery, request.query);
    const isFederated = simulation.tenant.keys.find(name) !== undefined;
    return { username: name, type: isFederated ? 'federated' : 'password', rounds: ROUNDS };
  });
  app.post('/getkey', (request) => {
    const { username: name, fragmentId } = read(keyRequest, request.body);
    const key = simulation.tenant.keys.find(name);
    if (key?.fragmentId === fragmentId) return { username: name, k2: key.k2 };
    // The same for a wrong K1 and for who isn't federated: it tells nobody who is.
    throw new RequestRefused('there is no K2 for this user and this fragment id', 404);
  });
}
