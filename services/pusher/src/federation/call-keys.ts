/**
 * The keys that go into a call: asked for right before it, of those whose turn it still is, and in memory until it has left. Who can't have
 * one waits, or is set aside with the reason.
 */
import { loggedPeople } from '@connector/shared/change-id.ts';
import { withoutAddresses } from '@connector/shared/without-addresses.ts';
import type { CallKind, MasterPasswordOf } from '@connector/sync/calls/calls.ts';
import type { Delivery } from '@connector/sync/calls/delivery.ts';
import type { DeliverOptions, RoundParts } from '../deliver-options.ts';
import type { Failures } from '../failures.ts';
import type { LastLook } from '../last-look.ts';
import { federatedBy, needsKey } from './keyed-deliveries.ts';

/** The keys of a call; dispose of them as soon as it has left. */
export interface KeysOfCall extends Disposable {
  readonly masterPasswordOf: MasterPasswordOf;
  /** Who needs none, or has one. */
  readonly ready: readonly Delivery[];
}

const noKeys = {
  masterPasswordOf: () => {
    throw new Error('nobody here was to be a federated user, which is a mistake of ours: please report it');
  },
  [Symbol.dispose]: () => undefined,
};

const takenForFederated = (username: string): string =>
  `a K2 is registered for ${username}, so they are taken for a federated user, for whom LastPass takes no other address: give them back the former mail; or, if that key was somebody else's who had the address before, have the registrar forget it`;

/** What of a round it works with. */
export interface OfRound {
  readonly failures: Failures;
  readonly lastLook: LastLook;
  /** Deliveries were stopped: these are planned again, and wait. */
  readonly giveBack: (left: readonly Delivery[]) => Promise<readonly Delivery[]>;
}

/** The keys of a round's calls. */
export class CallKeys {
  readonly #options: DeliverOptions;
  readonly #round: OfRound;

  constructor({ deliver }: RoundParts, round: OfRound) {
    this.#options = deliver;
    this.#round = round;
  }

  /** Nothing is registered for anybody whose turn it isn't any more. Whoever isn't ready has left the round. */
  async of(kind: CallKind, carried: readonly Delivery[]): Promise<KeysOfCall> {
    if (!carried.some(needsKey)) return { ...noKeys, ready: carried };
    const { provisioner, mayDeliver, log } = this.#options;
    const { failures, lastLook, giveBack } = this.#round;
    const current = (await mayDeliver()) ? await lastLook.look(kind, carried) : await giveBack(carried);
    if (current.length === 0) return { ...noKeys, ready: current };
    const provisioned = await provisioner.provision(
      current.flatMap((delivery) => {
        const { person, plan } = delivery;
        const federated = federatedBy(delivery);
        return federated === undefined ? [] : [{ person, username: plan.username, federated }];
      }),
    );
    try {
      const { trouble, waiting, refused, masterPasswordOf } = provisioned;
      this.#tell(trouble && `federated users wait: ${trouble}`);
      const postponed = current.filter(({ person }) => waiting.has(person));
      const hopeless = current.filter(({ person }) => refused.has(person));
      if (hopeless.length > 0)
        log.warn(loggedPeople(hopeless.map(({ person }) => person)), 'no key can be had for these federated users');
      if (postponed.length > 0) await failures.nothingSent(postponed, null);
      await failures.noKey(hopeless, ({ person }) => refused.get(person) ?? '');
      const ready = current.filter(({ person }) => !waiting.has(person) && !refused.has(person));
      return { ready, masterPasswordOf, [Symbol.dispose]: () => provisioned[Symbol.dispose]() };
    } catch (error) {
      provisioned[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Leaves out who is federated by the registrar's word, where that was forgotten with all of Redis: the vault hangs on the address. It may be
   * the key of somebody else, who had the address before: then a person can say so, there. About whom it gives no answer waits.
   * @param planned `askedTogether` of them at most
   * @returns the others, and whether it has answered about anybody
   */
  async withoutFederated(planned: readonly Delivery[]): Promise<{ others: readonly Delivery[]; hasAnswered: boolean }> {
    const { failures } = this.#round;
    const names = planned.map(({ plan: { username } }) => username);
    const { registered, unanswered, trouble } = await this.#options.provisioner.registeredAmong(names);
    this.#tell(trouble && `changes of mail wait: ${trouble}`);
    const waiting = planned.filter(({ plan: { username } }) => unanswered.has(username));
    if (waiting.length > 0) await failures.nothingSent(waiting, null);
    const federated = planned.filter(({ plan: { username } }) => registered.has(username));
    await failures.noKey(federated, ({ plan: { username } }) => takenForFederated(username));
    const others = planned.filter((delivery) => !waiting.includes(delivery) && !federated.includes(delivery));
    return { others, hasAnswered: trouble === null || waiting.length < planned.length };
  }

  /** @param trouble who waits, and why */
  #tell(trouble: string | null): void {
    this.#options.onKeyTrouble(trouble === null ? null : withoutAddresses(trouble));
  }
}
