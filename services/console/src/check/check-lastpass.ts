/** LastPass from the ground up: the way to it, the credentials, and what is known of its licences. */

import { connectionFailure } from '@connector/lastpass/connection-failure.ts';
import { LastPassError } from '@connector/lastpass/errors.ts';
import { areNearlyTaken, type Licences } from '@connector/shared/licences.ts';
import { noSeat } from '@connector/shared/no-seat.ts';
import { type ForwardProxy, proxyHost } from '@connector/shared/proxy-settings.ts';
import { parseStored } from '@connector/shared/store.ts';
import { CredentialsRefused, clientOf, lastpassReader } from '../lastpass-reader.ts';
import type { Session } from '../session.ts';
import { readLicences } from '../status/licences.ts';
import { counted, momentText } from '../text/when.ts';
import { describeCertificate, trustedCertificate } from './certificate.ts';
import { type Finding, messageOf, type What } from './findings.ts';
import { findHost, knock, knockByProxy, type Place, placeOf, seeCertificate } from './https-way.ts';

const end = 'LastPass';

interface LastPassLook extends Pick<Session, 'configuration' | 'store'> {
  /** What is known of refused credentials and of licences is asked of it. */
  readonly redisAnswers: boolean;
  readonly signal: AbortSignal;
}

/** Tells each thing as soon as it is known; what depends on something that failed is left out. */
export async function* checkLastPass(look: LastPassLook): AsyncGenerator<Finding, void, undefined> {
  const { configuration, signal, redisAnswers } = look;
  const place = placeOf(configuration.lastpass.apiUrl);
  for await (const finding of wayFindings({ place, proxy: configuration.lastpass.proxy, signal })) {
    yield finding;
    if (finding.grade === 'failure') return;
  }
  const account = await accountFinding(look);
  signal.throwIfAborted();
  yield account;
  if (redisAnswers && account.grade === 'ok') yield await seatFinding(look);
}

interface Way {
  readonly place: Place;
  readonly proxy: ForwardProxy | null;
  readonly signal: AbortSignal;
}

/** A proxy looks for the host by itself: what this machine knows of it doesn't matter. */
async function* wayFindings(way: Way): AsyncGenerator<Finding, void, undefined> {
  const { place, proxy, signal } = way;
  const rungs: [What, (way: Way) => Promise<Told>][] =
    proxy === null
      ? [
          ['dns', nameFinding],
          ['tcp', portFinding],
        ]
      : [['proxy', (each) => proxyFinding(each, proxy)]];
  for (const [what, look] of [...rungs, ['tls', certificateFinding] as const]) {
    try {
      const told = await look(way);
      if (told !== null) yield { end, what, ...told };
    } catch (error) {
      signal.throwIfAborted();
      yield { grade: 'failure', end, what, text: asOfCall(error, place) };
      return;
    }
  }
}

type Told = Pick<Finding, 'grade' | 'text'> | null;

/** The error in the words that a call would have. */
const asOfCall = (error: unknown, { host }: Place): string =>
  connectionFailure(error, { host, timeoutMs: 0, timedOut: false, cancelled: false }).message;

async function nameFinding({ place }: Way): Promise<Told> {
  const found = await findHost(place);
  return found.length === 0 ? null : { grade: 'ok', text: `${place.hostname} is ${found.join(', ')}` };
}

async function proxyFinding({ place, signal }: Way, proxy: ForwardProxy): Promise<Told> {
  await knockByProxy(place, { proxy, signal });
  const whom = proxy.username === undefined ? '' : ', with its name and password';
  return {
    grade: 'ok',
    text: `the proxy at ${proxyHost(proxy)} (${proxy.setting}) lets calls through to ${place.hostname}:${place.port}${whom}`,
  };
}

async function portFinding({ place, signal }: Way): Promise<Told> {
  await knock(place, signal);
  return { grade: 'ok', text: `${place.host} takes connections` };
}

async function certificateFinding({ place, proxy, signal }: Way): Promise<Told> {
  if (!place.isEncrypted) return null;
  try {
    const { grade, text } = trustedCertificate(
      await seeCertificate(place, { proxy, verified: true, signal }),
      Date.now(),
    );
    return { grade, text: `${place.host}: ${text}` };
  } catch (error) {
    const shown = await seeCertificate(place, { proxy, verified: false, signal }).catch(() => null); // what was found before is told all the same
    if (shown === null) throw error;
    return { grade: 'failure', text: `${asOfCall(error, place)}. It is ${describeCertificate(shown)}` };
  }
}

async function accountFinding({ configuration, store, redisAnswers, signal }: LastPassLook): Promise<Finding> {
  const { host } = placeOf(configuration.lastpass.apiUrl);
  try {
    const client = redisAnswers ? await lastpassReader({ store, configuration }) : clientOf(configuration);
    const { total } = await client.readAccounts({ pageIndex: 0, pageSize: 1 }, signal);
    const text = `${host} takes cid and provhash; ${counted(total, 'account', 'accounts')}`;
    return { grade: 'ok', end, what: 'credentials', text };
  } catch (error) {
    const areRefused =
      error instanceof CredentialsRefused || (error instanceof LastPassError && error.code === 'unauthorized');
    return { grade: 'failure', end, what: areRefused ? 'credentials' : 'answer', text: messageOf(error) };
  }
}

/** The API tells nothing of licences until one is wanting (the public record has no command for it). */
async function seatFinding({ store, configuration }: LastPassLook): Promise<Finding> {
  const { redis, keys } = store;
  const { value } = parseStored(noSeat, keys.noSeat, await redis.get(keys.noSeat));
  if (value === null) return licencesFinding(await readLicences(store, configuration));
  const text = `no licence is free since ${momentText(value.sinceMs)} (${value.message}): buy some, or free some; "connector aside" names who waits, and "connector retry --all" tries them at once`;
  return { grade: 'warning', end, what: 'seats', text };
}

/** @param licences `null`: it isn't configured how many there are, or the accounts weren't read yet */
function licencesFinding(licences: Licences | null): Finding {
  const told = { end, what: 'seats' } as const;
  if (licences === null)
    return {
      ...told,
      grade: 'ok',
      text: "nobody waits for a licence (its API doesn't tell how many there are: write lastpass.licences)",
    };
  const text = `${licences.taken} of ${counted(licences.of, 'licence', 'licences')} are taken`;
  if (!areNearlyTaken(licences)) return { ...told, grade: 'ok', text };
  const remedy = 'buy more, or disable or remove accounts that nobody uses; and write lastpass.licences anew';
  return { ...told, grade: 'warning', text: `${text}: ${remedy}` };
}
