/** What a step changes, as what is and what would be. Pure. */
import type { AccountBefore, Step } from '../../api/documents.ts';

export interface Change {
  /** What is changed: `Account`, `Name`, `Address`, `Groups`. */
  readonly what: string;
  /** `null` where it isn't known, or where groups come and go. */
  readonly from: string | null;
  readonly to: string | null;
  /** Groups. */
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

const stateOf = (account: AccountBefore | null): string | null =>
  account === null ? null : account.invited ? 'invited' : account.disabled ? 'disabled' : 'enabled';

/** LastPass tells no name of who is only invited. */
const nameIn = (account: AccountBefore | null): string | null =>
  account === null || account.invited || account.fullname === '' ? null : account.fullname;

/** @param before the account's address, and what it was, as far as it is known */
export function changeOf(step: Step, before: { username: string; account: AccountBefore | null }): Change {
  const { username, account } = before;
  const none = { from: null, to: null, joined: [], left: [] };
  switch (step.kind) {
    case 'create':
      return {
        what: 'Account',
        from: 'none',
        to: step.federated === undefined ? 'created' : 'created, federated',
        joined: step.groups,
        left: [],
      };
    case 'federate':
      return { ...none, what: 'Log-in', from: 'master password', to: 'federated' };
    case 'rename':
      return { ...none, what: 'Name', from: nameIn(account), to: step.fullname };
    case 'change-email':
      return { ...none, what: 'Address', from: username, to: step.to };
    case 'join-groups':
      return { ...none, what: 'Groups', joined: step.groups };
    case 'leave-groups':
      return { ...none, what: 'Groups', left: step.groups };
    case 'enable':
      return { ...none, what: 'Account', from: stateOf(account) ?? 'disabled', to: 'enabled' };
    case 'disable':
      return { ...none, what: 'Account', from: stateOf(account) ?? 'enabled', to: 'disabled' };
    case 'withdraw':
      return { ...none, what: 'Invitation', from: 'sent', to: 'withdrawn' };
    case 'remove':
      return { ...none, what: 'Account', from: stateOf(account), to: 'removed from the tenant' };
    case 'delete':
      return { ...none, what: 'Account', from: stateOf(account), to: 'deleted' };
  }
}
