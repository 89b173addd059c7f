/**
 * `GET /`: what is in the simulator, as a page to look at. It changes nothing, runs no script and loads nothing.
 *
 * Neither the provhash nor a password is ever on it: the logs don't have them, and settings that are secret aren't shown.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Simulation } from '../simulation.ts';
import { accounts } from './accounts.ts';
import { calls } from './calls.ts';
import { events } from './events.ts';
import { folders } from './folders.ts';
import { groups } from './groups.ts';
import type { Html } from './html.ts';
import { documentOf, SECURITY_HEADERS } from './layout.ts';
import { overview } from './overview.ts';
import { addressOf, type PageQuery, pageQuery } from './query.ts';

export async function page(app: FastifyInstance, { simulation }: { simulation: Simulation }): Promise<void> {
  app.get('/', (request, reply) =>
    reply.headers(SECURITY_HEADERS).type('text/html; charset=utf-8').send(pageFor(simulation, request)),
  );
}

function pageFor(simulation: Simulation, request: FastifyRequest): string {
  const query = pageQuery.parse(request.query);
  const { tenant } = simulation;
  const { view, q, group, folder, page: number } = query;
  const rest = { q, group, folder, status: query.status ?? '', page: number === 1 ? '' : String(number) };
  return documentOf({
    query,
    here: (follow) => addressOf(view, { ...rest, follow: follow ? '1' : '' }),
    sizes: {
      accounts: tenant.size,
      groups: tenant.groups().length,
      folders: tenant.sharing.folders().length,
      events: tenant.events.size,
      calls: simulation.calls.size(),
    },
    body: bodyOf(simulation, query),
  });
}

function bodyOf(simulation: Simulation, query: PageQuery): Html {
  const { tenant } = simulation;
  switch (query.view) {
    case 'overview':
      return overview(simulation);
    case 'accounts':
      return accounts(tenant, query);
    case 'groups':
      return groups(tenant, query);
    case 'folders':
      return folders(tenant, query);
    case 'events':
      return events(simulation, query);
    case 'calls':
      return calls(simulation, query);
    default:
      return query.view satisfies never;
  }
}
