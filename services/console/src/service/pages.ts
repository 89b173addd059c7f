/** What the console answers: where to sign in; the page, the API and the queues for whoever has done so, or sends a token. */
import type { Service } from '@connector/shared/service.ts';
import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import { holderOf, isTokenOfOurs, proofOf } from '../access/access-tokens.ts';
import { roleNow, whoMay } from '../access/directory-sign-in.ts';
import { Door } from '../access/door.ts';
import { Sessions } from '../access/sessions.ts';
import { arePeopleShown } from '../access/shown-people.ts';
import { TokenCheck } from '../access/token-check.ts';
import { addApi } from '../api/api.ts';
import { addQueueDashboard } from '../queues/queue-dashboard.ts';
import { sessionOf } from '../session.ts';
import { addBuiltPage } from './built-page.ts';
import { addSignInPage } from './sign-in-page.ts';

/** Adds the console's pages to its surface. */
export async function addPages(surface: FastifyInstance, service: Service): Promise<void> {
  const { configuration, store, log, signal } = service;
  const holder = holderOf(store, configuration.console?.token);
  const check = new TokenCheck((token: string) => holder(proofOf(token)), { isUnguessable: isTokenOfOurs });
  const may = whoMay(configuration);
  const onMissing = (groups: readonly string[]) =>
    log.error(
      { groups },
      'groups of console.signIn are not in the directory, and nobody is in them: see "connector check"',
    );
  const asking = may === null ? null : { store, may, onMissing, signal };
  const sessions = new Sessions({
    store,
    holderOf: holder,
    roleOf: async ({ directory, guid }) => (asking?.may.directory.id === directory ? roleNow(asking, guid) : null),
    onUnknown: ({ message }) => log.warn(`whether somebody who has signed in still may can't be told: ${message}`),
  });
  const onWrongToken = (address: string) => log.warn({ address }, 'somebody sent a wrong token to the console');
  const door = new Door({ check, sessions, onWrongToken });
  await surface.register(cookie);
  addSignInPage(surface, { byPassword: may !== null });
  await addBuiltPage(surface, { door });
  const signIn = { store, check, sessions, asking, signal };
  await addApi(surface, { door, session: sessionOf({ configuration, store }), log, signIn });
  const isShown = (secret: string) => arePeopleShown(store, secret);
  await addQueueDashboard(surface, { door, isShown, log, target: configuration.redis, prefix: store.keys.queues });
}
