/**
 * From plans to calls: which of the API's commands carry which steps, of how many people at once. Leavers come first.
 * Each kind of call knows how to send itself and what is true once it was answered.
 */

import type { GroupChange, LastPassClient } from '@connector/lastpass/client.ts';
import type { Account } from '@connector/shared/account.ts';
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { type Link, newLink, type Step } from '@connector/shared/plan.ts';
import { createdAccount, type Delivery, groupsAfter, stepOf } from './delivery.ts';

/** What is true of one person after a call. */
export interface Truth {
  readonly account: Account | null;
  readonly link: Link | null;
}

/** LastPass's answer, as far as it concerns what is true now. */
export interface Answer {
  /** LastPass asks everybody to slow down, in these words. */
  readonly slowDown: string | null;
  /** User names that LastPass left out, and why. */
  readonly refused: ReadonlyMap<string, string>;
  /** User names that were so already. */
  readonly unchanged: ReadonlySet<string>;
}

/** The hidden master password of somebody who is to log in by federated log-in; whoever sends a call has made sure that there is one. */
export type MasterPasswordOf = (person: PersonKey) => { reveal(): string };

/** One kind of call. */
export interface CallKind {
  readonly command: string;
  /** Somebody loses access by it: such calls come first, and overtake others. */
  readonly takesAccess: boolean;
  /** A second one would send a second e-mail: an intent is written down before, and it is never repeated blindly. */
  readonly creates: boolean;
  /** LastPass carries it out only where a licence is free. */
  readonly takesSeat?: true;
  /** The account may have another user name afterwards. */
  readonly changesAddress?: true;
  /** No call: the person's key is registered, and LastPass is sent nothing. */
  readonly registersKey?: true;
  /** What it carries. */
  readonly steps: readonly Step['kind'][];
  /** How many people go into one call. */
  readonly atOnce: 'one' | 'batch';
  readonly carries: (delivery: Delivery) => boolean;
  readonly send: (
    client: LastPassClient,
    deliveries: readonly Delivery[],
    masterPasswordOf: MasterPasswordOf,
  ) => Promise<Answer>;
  /** What is assumed from the moment of sending: true if the call arrives, harmless if not. */
  readonly linkWhenSent?: (link: Link, nowMs: number) => Link;
  readonly truth: (delivery: Delivery, answer: Answer) => Truth;
}

const done: Answer = { slowDown: null, refused: new Map(), unchanged: new Set() };
const usernames = (deliveries: readonly Delivery[]) => deliveries.map(({ plan }) => plan.username);
const withAccount = ({ account, link }: Delivery, change: Partial<Account>): Truth => ({
  account: account && { ...account, ...change },
  link,
});

/** A disabling or removal without an answer may be carried out for so long, ms. */
export const settlesMs = 30_000;

/** Whether an earlier call may still be carried out. */
const isUnsettled = (link: Link | null): link is Link => link?.settlesAtMs !== undefined;

const disable: CallKind = {
  command: 'disableuser',
  steps: ['disable'],
  takesAccess: true,
  creates: false,
  atOnce: 'batch',
  carries: (delivery) => stepOf(delivery, 'disable') !== undefined,
  send: async (client, deliveries) => {
    const { unchanged } = await client.disableAccounts(usernames(deliveries));
    return { ...done, unchanged: new Set(unchanged) };
  },
  // Whoever finds the account disabled after a crash must know that it was us.
  linkWhenSent: (link, nowMs) => ({ ...link, disabledByUs: true, settlesAtMs: nowMs + settlesMs }),
  truth: (delivery, { unchanged }) => {
    // What was sent before without an answer may have done it.
    const byUs = delivery.link?.disabledByUs || !unchanged.has(delivery.plan.username);
    return {
      ...withAccount(delivery, { disabled: true }),
      link: delivery.link && { ...delivery.link, disabledByUs: byUs },
    };
  },
};

const leave = (kind: 'withdraw' | 'remove' | 'delete'): CallKind => ({
  command: 'deluser',
  steps: [kind],
  takesAccess: true,
  creates: false,
  atOnce: 'one',
  carries: (delivery) => stepOf(delivery, kind) !== undefined,
  send: async (client, [delivery]) => {
    if (delivery) await client.removeAccount({ username: delivery.plan.username, action: kind });
    return done;
  },
  // Whoever finds the account gone after a crash must know that it was us: the link ends.
  linkWhenSent: (link, nowMs) => ({ ...link, removedByUs: true, settlesAtMs: nowMs + settlesMs }),
  // One that was sent before without an answer could yet take the account that its person gets next.
  truth: ({ link }) => ({ account: null, link: isUnsettled(link) ? { ...link, removedByUs: true } : null }),
});

const create: CallKind = {
  command: 'batchadd',
  steps: ['create'],
  takesAccess: false,
  creates: true,
  takesSeat: true,
  atOnce: 'batch',
  carries: (delivery) => stepOf(delivery, 'create') !== undefined,
  send: async (client, deliveries, masterPasswordOf) => {
    const accounts = deliveries.flatMap((delivery) => {
      const step = stepOf(delivery, 'create');
      const { directory, guid } = partsOfPerson(delivery.person);
      return step
        ? [
            {
              username: delivery.plan.username,
              fullname: step.fullname,
              groups: step.groups,
              objectGuid: guid,
              directory,
              // Without it, it would be an account of another kind, whose person is sent a welcome e-mail.
              ...(step.federated === undefined ? {} : { masterPassword: masterPasswordOf(delivery.person) }),
            },
          ]
        : [];
    });
    return { ...done, slowDown: (await client.addAccounts(accounts)).slowDown };
  },
  truth: (delivery) => {
    const step = stepOf(delivery, 'create');
    return {
      account: createdAccount(delivery, step ?? { fullname: '', groups: [] }),
      link: newLink(delivery.plan.username, { id: null, federated: step?.federated }),
    };
  },
};

const federate: CallKind = {
  command: 'register', // of the key registrar's contract
  steps: ['federate'],
  takesAccess: false,
  creates: false,
  registersKey: true,
  atOnce: 'batch',
  carries: (delivery) => stepOf(delivery, 'federate') !== undefined,
  send: async () => done,
  truth: (delivery) => {
    const { account, link } = delivery;
    const step = stepOf(delivery, 'federate');
    if (link === null || step === undefined) return { account, link };
    const { federating: _, ...settled } = link;
    return { account, link: { ...settled, federated: step.federated } };
  },
};

const enable: CallKind = {
  command: 'enableuser',
  steps: ['enable'],
  takesAccess: false,
  creates: false,
  takesSeat: true,
  atOnce: 'batch',
  carries: (delivery) => stepOf(delivery, 'enable') !== undefined,
  send: async (client, deliveries) => {
    const { unchanged } = await client.enableAccounts(usernames(deliveries));
    return { ...done, unchanged: new Set(unchanged) };
  },
  truth: (delivery) => ({
    ...withAccount(delivery, { disabled: false }),
    // A disabling that was sent before without an answer may yet come: it is ours, too.
    link: delivery.link && { ...delivery.link, disabledByUs: isUnsettled(delivery.link) },
  }),
};

const rename: CallKind = {
  command: 'updateuser',
  steps: ['rename'],
  takesAccess: false,
  creates: false,
  atOnce: 'one',
  carries: (delivery) => stepOf(delivery, 'rename') !== undefined,
  send: async (client, [delivery]) => {
    const step = delivery && stepOf(delivery, 'rename');
    if (step) await client.renameAccount({ username: delivery.plan.username, fullname: step.fullname });
    return done;
  },
  truth: (delivery) =>
    withAccount(delivery, { fullname: stepOf(delivery, 'rename')?.fullname ?? delivery.account?.fullname ?? '' }),
};

const changeEmail: CallKind = {
  command: 'updateemail',
  steps: ['change-email'],
  takesAccess: false,
  creates: false,
  changesAddress: true,
  atOnce: 'one',
  // A plan that is still there when the answer was recorded says so no more: the account looks the same until the log-in.
  carries: (delivery) => {
    const step = stepOf(delivery, 'change-email');
    return step !== undefined && step.to !== delivery.link?.changingTo;
  },
  send: async (client, [delivery]) => {
    const step = delivery && stepOf(delivery, 'change-email');
    if (step) await client.changeEmail({ username: delivery.plan.username, to: step.to });
    return done;
  },
  truth: (delivery) => {
    const changingTo = stepOf(delivery, 'change-email')?.to;
    return {
      account: delivery.account,
      link: delivery.link && { ...delivery.link, ...(changingTo === undefined ? {} : { changingTo }) },
    };
  },
};

const groupChange = (delivery: Delivery): GroupChange => ({
  username: delivery.plan.username,
  add: stepOf(delivery, 'join-groups')?.groups ?? [],
  del: stepOf(delivery, 'leave-groups')?.groups ?? [],
});

const changeGroups: CallKind = {
  command: 'batchchangegrp',
  steps: ['join-groups', 'leave-groups'],
  takesAccess: false,
  creates: false,
  atOnce: 'batch',
  carries: (delivery) =>
    stepOf(delivery, 'join-groups') !== undefined || stepOf(delivery, 'leave-groups') !== undefined,
  send: async (client, deliveries) => {
    const { refused } = await client.changeGroups(deliveries.map(groupChange));
    return { ...done, refused: new Map(refused.map(({ username, message }) => [username, message])) };
  },
  truth: (delivery) =>
    withAccount(delivery, { groups: groupsAfter(delivery.account?.groups ?? [], groupChange(delivery)) }),
};

/** All kinds of calls, in the order in which a batch makes them. */
export const callKinds: readonly CallKind[] = [
  disable,
  leave('withdraw'),
  leave('remove'),
  leave('delete'),
  create,
  federate,
  enable,
  rename,
  changeGroups,
  changeEmail, // last: where it takes effect at once, nothing goes by the old address any more
];
