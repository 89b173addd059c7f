/** An entry just as the server sent it: values are bytes, and what it didn't send isn't there. */
import { ProtocolOperation } from 'ldapts';
import { type Part, partsIn, wholePart } from './ber.ts';

export interface LdapEntry {
  /** With the extended-DN control, in its extended form. */
  readonly dn: string;
  /** By the attribute's name in lower case, options such as `;range=0-1499` included. An empty list: cleared. */
  readonly values: ReadonlyMap<string, readonly Buffer[]>;
}

/** An entry on its way, and which request it answers. */
export interface ReceivedEntry {
  readonly messageId: number;
  readonly entry: LdapEntry;
  /** Size of the message. */
  readonly bytes: number;
}

/**
 * The entry that a message brings; `null` of any other message. Its values are views into the message.
 *
 * ldapts would take every value for text first, which costs more than all else about a large read: most entries have a GUID and a SID,
 * and each that is no UTF-8 is an exception to it. And its `SearchEntry.toObject` gives every requested attribute that is missing an empty
 * list, so that "unchanged" looks like "cleared".
 * @param message one that `MessageCutter` let through
 */
export function receivedEntry(message: Buffer): ReceivedEntry | null {
  const [id, operation] = partsIn(message, wholePart(message));
  if (id === undefined || operation?.tag !== ProtocolOperation.LDAP_RES_SEARCH_ENTRY) return null;
  const [name, attributes] = partsIn(message, operation);
  const values = attributes === undefined ? [] : partsIn(message, attributes).map((each) => attributeIn(message, each));
  return {
    messageId: message.readIntBE(id.start, id.end - id.start),
    entry: { dn: textIn(message, name), values: new Map(values) },
    bytes: message.length,
  };
}

function attributeIn(message: Buffer, attribute: Part): [name: string, values: Buffer[]] {
  const [type, values] = partsIn(message, attribute);
  const all = values === undefined ? [] : partsIn(message, values);
  return [textIn(message, type).toLowerCase(), all.map(({ start, end }) => message.subarray(start, end))];
}

const textIn = (message: Buffer, part: Part | undefined): string =>
  part === undefined ? '' : message.toString('utf8', part.start, part.end);
