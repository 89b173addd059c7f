/** One search as a proxy sees it: what is asked, and all that answers it. Limits are functions from one to another. */
import { BerReader, PresenceFilter, ProtocolOperation, SearchRequest } from 'ldapts';
import { controlOf, controlOid, type Entry, entryIn, entryMessage, type LdapMessage, sequenceIn } from './messages.ts';

export interface SearchAnswer {
  readonly entries: readonly Entry[];
  /** References to other domains, as they came. */
  readonly references: readonly LdapMessage[];
  /** The result, with its controls. */
  readonly end: LdapMessage;
}

/** A whole answer, from the messages that it came in. */
export function answerOf(messages: readonly LdapMessage[]): SearchAnswer {
  const end = messages.at(-1);
  if (end?.operation !== ProtocolOperation.LDAP_RES_SEARCH) throw new Error('a search without an end');
  const having = (operation: number) => messages.filter((message) => message.operation === operation);
  return {
    entries: having(ProtocolOperation.LDAP_RES_SEARCH_ENTRY).map(entryIn),
    references: having(ProtocolOperation.LDAP_RES_SEARCH_REF),
    end,
  };
}

export const messagesOf = ({ entries, references, end }: SearchAnswer, id: number): LdapMessage[] => [
  ...entries.map((entry) => entryMessage(id, entry)),
  ...[...references, end].map((message) => ({ ...message, id })),
];

/** A search's base; empty for the root entry. */
export const baseOf = ({ content }: LdapMessage): string => new BerReader(content).readString() ?? '';

/** The attributes that a search asks for. */
export function attributesOf({ content }: LdapMessage): string[] {
  const request = new SearchRequest({ messageId: 0, filter: new PresenceFilter({ attribute: 'objectClass' }) });
  request.parseMessage(new BerReader(content));
  return request.attributes;
}

export const isNotification = (request: LdapMessage): boolean =>
  controlOf(request, controlOid.notification) !== undefined;

/** The request's control with its value taken apart. */
function controlValue(request: LdapMessage, oid: string): ReturnType<typeof sequenceIn> | null {
  const value = controlOf(request, oid)?.value;
  return value ? sequenceIn(value) : null;
}

/** DirSync's flags and cookie (MS-ADTS 3.1.1.3.4.1.3); `null` for every other search. */
export function dirSyncOf(request: LdapMessage): { singleValues: boolean; cookie: Buffer } | null {
  const value = controlValue(request, controlOid.dirSync);
  return value && { singleValues: ((value.numbers[0] ?? 0) & 0x8000_0000) !== 0, cookie: value.cookie };
}

/** Entries wanted in a page, and the page's cookie (RFC 2696); `null` for a search without pages. */
export function pageOf(request: LdapMessage): { size: number; cookie: Buffer } | null {
  const value = controlValue(request, controlOid.pages);
  return value && { size: value.numbers[0] ?? 0, cookie: value.cookie };
}

/** The message with a control's value replaced. */
export const withControl = (message: LdapMessage, oid: string, value: Buffer): LdapMessage => ({
  ...message,
  controls: message.controls.map((control) => (control.oid === oid ? { ...control, value } : control)),
});
