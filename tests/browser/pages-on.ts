/** The console's pages over HTTP, in this process, with what a workplace's Redis remembers. */
import { loadConfiguration } from '@connector/shared/configuration.ts';
import type { Service } from '@connector/shared/service.ts';
import Fastify from 'fastify';
import { pino } from 'pino';
import { addPages } from '../../services/console/src/service/pages.ts';
import type { Workplace } from '../console/workplace.ts';

/** That of `console.token`. */
export const token = 'the-token-of-this-test-and-no-other';

export interface OpenPages extends AsyncDisposable {
  readonly origin: string;
}

/** Opens them; whoever has the token signs in. */
export async function openPages(place: Workplace): Promise<OpenPages> {
  await place.configure({ console: { token } });
  const configuration = loadConfiguration({ CONNECTOR_CONFIG: place.configFile });
  const ending = new AbortController();
  const surface = Fastify({ forceCloseConnections: true });
  const log = pino({ level: 'silent' });
  await addPages(surface, { configuration, store: place.store, log, signal: ending.signal } as Service);
  const origin = await surface.listen({ host: '127.0.0.1', port: 0 });
  return {
    origin,
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await surface.close();
    },
  };
}
