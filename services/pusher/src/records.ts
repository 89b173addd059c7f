/** Writing down what is now true of accounts. Every record is refused unless the claim on the person still holds. */
import type { Account } from '@connector/shared/account.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import { touch } from '@connector/shared/people-to-plan.ts';
import { peopleWithMail } from '@connector/shared/people-with-mail.ts';
import type { Intent, Link, SetAside } from '@connector/shared/plan.ts';
import type { Store } from '@connector/shared/store.ts';
import { type Guard, TICK } from '@connector/shared/transaction.ts';
import type { Batch, Claims } from './claims.ts';

/** What a record changes about one person. A key that is missing leaves the thing as it is. */
export interface Change {
  readonly person: PersonKey;
  readonly username: string;
  /** `null`: LastPass doesn't have it. */
  readonly account?: Account | null;
  /** `null`: the link ends. */
  readonly link?: Link | null;
  /** `null`: the person's create of this user name is over. Until then nobody else creates or takes it. */
  readonly intent?: Intent | null;
  readonly setAside?: SetAside | null;
  /** What becomes of the claim; without a word it stays. */
  readonly claim?:
    | { readonly kind: 'finish' } // planned again, which finds nothing left to do
    | { readonly kind: 'drop' } // nothing to deliver any more
    | { readonly kind: 'postpone'; readonly untilMs: number };
}

export class Records {
  readonly #store: Store;
  readonly #claims: Claims;
  /** Ids of all directories. */
  readonly #directories: readonly string[];

  constructor(store: Store, claims: Claims, directories: readonly string[]) {
    this.#store = store;
    this.#claims = claims;
    this.#directories = directories;
  }

  /**
   * Commits changes about several people of a batch at once.
   * @param also guards that must hold besides the claims
   * @returns those whose change was committed; the others have lost their claim, or another guard didn't hold for them
   */
  async commit<T extends Change>(
    batch: Batch,
    changes: readonly T[],
    also: (change: T) => readonly Guard[] = () => [],
  ): Promise<T[]> {
    const touched = touch(this.#store.keys, await this.#waitingFor(changes));
    let left = [...changes];
    while (left.length > 0) {
      const guarded = left.map((change) => ({ change, guards: also(change) }));
      const outcome = await this.#store.commit({
        guards: [
          ...this.#claims.guards(
            batch,
            left.map(({ person }) => person),
          ),
          ...guarded.flatMap(({ guards }) => guards),
        ],
        writes: [...left.flatMap((change) => this.#writes(change)), ...touched],
      });
      if (outcome.committed) return left;
      const { refusedBy } = outcome;
      const person = refusedBy.command[2] ?? '';
      const refused = guarded.find(({ change, guards }) => guards.includes(refusedBy) || change.person === person);
      if (!refused) return []; // the pusher itself was silent for too long: none of its claims counts
      left = left.filter((change) => change !== refused.change);
    }
    return [];
  }

  /** Who has an address that these changes set free: they may have waited for it. */
  #waitingFor(changes: readonly Change[]): Promise<PersonKey[]> {
    const freed = changes.filter(({ account, link }) => account === null || link === null);
    return peopleWithMail(
      this.#store,
      this.#directories,
      freed.map(({ username }) => username).filter((username) => username !== ''),
    );
  }

  #writes(change: Change): string[][] {
    const { keys } = this.#store;
    const { person, username, account, link, intent, setAside } = change;
    const writes: string[][] = [];
    if (account !== undefined) {
      writes.push(
        account === null
          ? ['HDEL', keys.accounts, username]
          : ['HSET', keys.accounts, username, JSON.stringify(account)],
      );
      writes.push(['HSET', keys.accountChanges, username, TICK]);
    }
    if (link === null) writes.push(['HDEL', keys.links, person], ['HDEL', keys.linked, username]);
    else if (link !== undefined)
      writes.push(['HSET', keys.links, person, JSON.stringify(link)], ['HSET', keys.linked, username, person]);
    if (intent === null) writes.push(['HDEL', keys.intents, person], ['HDEL', keys.creating, username]);
    else if (intent !== undefined) {
      writes.push(['HSET', keys.intents, person, JSON.stringify(intent)], ['HSET', keys.creating, username, person]);
    }
    if (setAside !== undefined)
      writes.push(
        setAside === null ? ['HDEL', keys.setAside, person] : ['HSET', keys.setAside, person, JSON.stringify(setAside)],
      );
    return [...writes, ...this.#claimWrites(change)];
  }

  #claimWrites({ person, claim }: Change): string[][] {
    const { keys } = this.#store;
    if (claim === undefined) return [];
    const free = ['HDEL', keys.claims, person];
    if (claim.kind === 'postpone')
      return [
        free,
        ['HINCRBY', keys.attempts, person, '1'],
        ['ZADD', keys.toDeliver, String(claim.untilMs), person],
        ['ZADD', keys.leavers, 'XX', String(claim.untilMs), person],
      ];
    const gone = [
      free,
      ['HDEL', keys.attempts, person],
      ['ZREM', keys.toDeliver, person],
      ['ZREM', keys.leavers, person],
    ];
    return claim.kind === 'drop' ? gone : [...gone, ...touch(keys, [person])];
  }
}
