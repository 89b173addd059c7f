/** A user on the wire as an `Account`. */
import type { Account } from '@connector/shared/account.ts';
import type { WireUser } from './wire.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The account behind a user; `id` is the key that getuserdata lists it by. */
export function accountFrom(id: string, user: WireUser): Account {
  return {
    username: user.username.toLowerCase(),
    id,
    fullname: user.fullname ?? '',
    disabled: user.disabled,
    admin: user.admin ?? false,
    groups: user.groups.toSorted(),
    invited: false,
    objectGuid: guidFrom(attribute(user, 'objectguid')),
    directory: attribute(user, 'directory'),
  };
}

/** An address that is invited and hasn't accepted: nothing else is known of it. */
export function invitedAccount(address: string): Account {
  return {
    username: address.toLowerCase(),
    id: null,
    fullname: '',
    disabled: false,
    admin: false,
    groups: [],
    invited: true,
    objectGuid: null,
    directory: null,
  };
}

/** A text from `attribs`, whatever the case of its key. */
function attribute({ attribs }: WireUser, lowerCaseKey: string): string | null {
  const entry = Object.entries(attribs ?? {}).find(([key]) => key.toLowerCase() === lowerCaseKey);
  const value = entry?.[1];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Another product may keep something else under objectGUID; what isn't a GUID's text is none. */
function guidFrom(text: string | null): string | null {
  const guid = text?.toLowerCase().replace(/^\{(.*)\}$/, '$1') ?? '';
  return GUID.test(guid) ? guid : null;
}
