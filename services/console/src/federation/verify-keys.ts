/** Whether each federated user's K2 still belongs to the K1 that there is: the look that finds a lost key while its copy can be restored. */
import { readCompanyKey } from '@connector/federation/company-key-file.ts';
import { type FragmentId, fragmentIdOf } from '@connector/federation/derived.ts';
import type { KeyRegistrar } from '@connector/federation/key-registrar.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { type FederatedBy, link } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import type { HowFar } from '@connector/sync/preview/how-far.ts';
import pLimit from 'p-limit';
import { hashParts } from '../hash-parts.ts';
import type { Session } from '../session.ts';
import type { Troubled } from './federation-now.ts';
import { KeyAttributes, type KeyNow } from './key-attributes.ts';

/** So many people's keys are asked for side by side. */
const atOnce = 8;

/** Somebody who is federated. */
interface Federated {
  readonly person: PersonKey;
  readonly username: string;
  readonly by: FederatedBy;
}

export interface Verified {
  /** How many keys fit. */
  readonly fitting: number;
  readonly wrong: readonly Troubled[];
}

export interface VerifyOptions {
  readonly registrar: KeyRegistrar;
  readonly signal: AbortSignal;
  readonly onHowFar: (howFar: HowFar) => void;
}

/** Asks the registrar about everybody who is federated. @throws RegistrarError, KeyFileError */
export async function verifyKeys(session: Session, { registrar, signal, onHowFar }: VerifyOptions): Promise<Verified> {
  const people = await readPeople(session);
  await using attributes = new KeyAttributes(session.configuration, signal);
  const expected = await expectationFor(session, { people, attributes });
  const limit = pLimit(atOnce);
  const wrong: Troubled[] = [];
  let done = 0;
  const broken = new AbortController(); // of one that can't be asked, the others needn't be
  const until = AbortSignal.any([signal, broken.signal]);
  const look = async ({ person, username, by }: Federated) => {
    until.throwIfAborted();
    const known = await registrar.registered(username, { signal: until });
    known?.k2[Symbol.dispose]();
    const problem = problemOf(known?.fragmentId ?? null, await expected(person, by));
    if (problem !== null) wrong.push({ person, username, problem });
    onHowFar({ doing: 'verifying', done: ++done, of: people.length, what: 'keys' });
  };
  const orBreak = (each: Federated) =>
    look(each).catch((error: unknown) => {
      if (!until.aborted) broken.abort(error);
      throw error;
    });
  await Promise.allSettled(people.map((each) => limit(orBreak, each)));
  until.throwIfAborted();
  return { fitting: people.length - wrong.length, wrong: wrong.sort((a, b) => a.username.localeCompare(b.username)) };
}

async function readPeople({ store: { redis, keys } }: Session): Promise<Federated[]> {
  const people = new Map<PersonKey, Federated>(); // one may come twice
  for await (const part of hashParts(redis, keys.links))
    for (const [person, raw] of part) {
      const current = parseStored(link, keys.links, raw).value;
      if (current?.federated !== undefined)
        people.set(person as PersonKey, {
          person: person as PersonKey,
          username: current.username,
          by: current.federated,
        });
    }
  return [...people.values()];
}

async function expectationFor(
  { configuration }: Session,
  { people, attributes }: { people: readonly Federated[]; attributes: KeyAttributes },
): Promise<(person: PersonKey, by: FederatedBy) => Promise<KeyNow>> {
  const ofCompany = people.some(({ by }) => by === 'companyKey')
    ? await companyFragment(configuration.federation)
    : null;
  return async (person, by) =>
    by === 'companyKey' && ofCompany !== null ? ofCompany : await attributes.fragmentOf(person);
}

async function companyFragment(settings: Session['configuration']['federation']): Promise<KeyNow> {
  if (settings?.companyKeyFile === undefined)
    return { problem: 'the company’s key isn’t named here: write federation.companyKeyFile' };
  using k1 = await readCompanyKey(settings.companyKeyFile);
  return { fragmentId: fragmentIdOf(k1) };
}

/** @param registered fragment id of the K1 that the registered K2 belongs to; `null`: nothing is registered */
function problemOf(registered: FragmentId | null, now: KeyNow): string | null {
  if ('problem' in now) return now.problem;
  if (registered === null)
    return 'nothing is registered: have whoever runs the key registrar restore it, for the vault opens with that K2 only';
  if (registered === now.fragmentId) return null;
  return `the registered K2 belongs to another K1 (fragment id ${registered}, and not ${now.fragmentId}): restore that K1 from its copy`;
}
