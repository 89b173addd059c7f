/**
 * People of whom LastPass doesn't tell how their account is, or whether they have one, though it tells of others: they are tried again later, and
 * set aside where that goes on, and whoever was claimed with them goes on. Nothing is concluded about them, and nothing that can't be repeated is sent.
 */
import type { LastPassError } from '@connector/lastpass/errors.ts';
import { loggedPeople } from '@connector/shared/change-id.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { withoutAddresses } from '@connector/shared/without-addresses.ts';
import type { Change } from '@connector/sync/accounts/account-changes.ts';
import type { DeliverOptions } from './deliver-options.ts';
import { asideSince, asidesOf, missesOf } from './known-failures.ts';
import { setAsideForMs } from './misses.ts';

/** Somebody who was asked for. */
export interface Named {
  readonly person: PersonKey;
  readonly username: string;
  /** What people call them. */
  readonly name: string;
  /** Something was sent for them whose effect nobody knows: it is to be asked about before anything else is sent. */
  readonly isUnsettled: boolean;
}

/** Until it has happened often enough to be set aside for, it is asked again after this, ms. */
const againMs = 2_000;

/**
 * What to record of those of whom LastPass doesn't tell. What is known of account, link and intent stays.
 * @param errorOf why it doesn't tell of somebody; whoever it tells of has none
 */
export async function untoldChanges(
  { store, log }: Pick<DeliverOptions, 'store' | 'log'>,
  asked: readonly Named[],
  errorOf: (of: Named) => LastPassError | undefined,
): Promise<Change[]> {
  const people = asked.filter((of) => errorOf(of) !== undefined).map(({ person }) => person);
  const [before, asides] = [await missesOf(store, people), await asidesOf(store, people)];
  return asked.flatMap((of): Change | [] => {
    const { person, username, name, isUnsettled } = of;
    const error = errorOf(of);
    if (error === undefined) return [];
    log.warn(
      { ...loggedPeople([person]), code: error.code },
      `LastPass doesn't tell of an account: ${withoutAddresses(error.message)}`,
    );
    const misses = (before.get(person) ?? 0) + 1;
    const forMs = setAsideForMs({ misses, together: 1 });
    const claim = { kind: 'postpone', untilMs: Date.now() + (forMs ?? againMs), isUnsettled } as const;
    if (forMs === null) return { person, username, misses, claim };
    const reason = `LastPass doesn't tell of this account: ${(error.messages ?? [error.message]).join('; ')}`;
    const aside = asideSince(asides.get(person) ?? null, { name, reason, kind: 'refused' });
    return { person, username, misses, setAside: aside, claim };
  });
}
