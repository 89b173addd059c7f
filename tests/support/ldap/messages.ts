/** LDAP messages (RFC 4511) as far as a server's double must look into them; the rest stays the bytes that came. */
import { Ber, BerReader, BerWriter, ProtocolOperation } from 'ldapts';

export interface LdapControl {
  readonly oid: string;
  readonly critical: boolean;
  /** `null` for a control without one. */
  readonly value: Buffer | null;
}

export interface LdapMessage {
  /** 0 is the notice of disconnection's. */
  readonly id: number;
  /** One of ldapts' `ProtocolOperation`. */
  readonly operation: number;
  /** What the operation says, in BER. */
  readonly content: Buffer;
  readonly controls: readonly LdapControl[];
}

export interface Entry {
  readonly dn: string;
  /** In the server's order; a type may have no values. */
  readonly attributes: readonly (readonly [type: string, values: readonly Buffer[]])[];
}

/** How an operation ended. */
export interface Result {
  /** RFC 4511, appendix A. */
  readonly status: number;
  readonly errorMessage?: string;
}

export const controlOid = {
  pages: '1.2.840.113556.1.4.319',
  dirSync: '1.2.840.113556.1.4.841',
  notification: '1.2.840.113556.1.4.528',
} as const;

const bytes = (reader: BerReader): Buffer => Buffer.from(reader.readString(Ber.OctetString, true) ?? []);
const text = (reader: BerReader): string => reader.readString() ?? '';

/** Steps into what comes next; gives its end. */
function into(reader: BerReader): number {
  reader.readSequence();
  return reader.offset + reader.length;
}

function each<T>(reader: BerReader, end: number, read: () => T): T[] {
  const all: T[] = [];
  while (reader.offset < end) all.push(read());
  return all;
}

/** How every message begins: BER's SEQUENCE. */
const envelope = 0x30;

/** Cuts what was received into whole messages, and what has come of the next one. */
export function cut(received: Buffer): { messages: Buffer[]; rest: Buffer } {
  const messages: Buffer[] = [];
  let rest = received;
  for (;;) {
    const reader = new BerReader(rest);
    if (rest.length > 0 && rest[0] !== envelope) return { messages, rest }; // no LDAP, such as a TLS client's hello
    if (reader.readSequence() === null || reader.remain < reader.length) return { messages, rest };
    const end = reader.offset + reader.length;
    messages.push(rest.subarray(0, end));
    rest = rest.subarray(end);
  }
}

export function decode(message: Buffer): LdapMessage {
  const reader = new BerReader(message);
  reader.readSequence();
  const id = reader.readInt() ?? 0;
  const operation = reader.readSequence() ?? 0;
  const content = message.subarray(reader.offset, reader.offset + reader.length);
  reader.offset += reader.length;
  if (reader.peek() !== ProtocolOperation.LDAP_CONTROLS) return { id, operation, content, controls: [] };
  const end = into(reader);
  return { id, operation, content, controls: each(reader, end, () => readControl(reader)) };
}

function readControl(reader: BerReader): LdapControl {
  const end = into(reader);
  const oid = text(reader);
  const critical = reader.offset < end && reader.peek() === Ber.Boolean && reader.readBoolean() === true;
  return { oid, critical, value: reader.offset < end ? bytes(reader) : null };
}

export function encode({ id, operation, content, controls }: LdapMessage): Buffer {
  return built((writer) => {
    writer.startSequence();
    writer.writeInt(id);
    writer.writeBuffer(content, operation);
    if (controls.length > 0)
      writer.writeBuffer(Buffer.concat(controls.map(controlBytes)), ProtocolOperation.LDAP_CONTROLS);
    writer.endSequence();
  });
}

const controlBytes = ({ oid, critical, value }: LdapControl): Buffer =>
  built((writer) => {
    writer.startSequence();
    writer.writeString(oid);
    if (critical) writer.writeBoolean(true);
    if (value !== null) writer.writeBuffer(value, Ber.OctetString);
    writer.endSequence();
  });

function built(write: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter();
  write(writer);
  return writer.buffer;
}

/** The value of a control that is a sequence of numbers and bytes, such as those of pages and DirSync. */
export const sequence = (...items: readonly (number | Buffer)[]): Buffer =>
  built((writer) => {
    writer.startSequence();
    for (const item of items) {
      if (typeof item === 'number') writer.writeInt(item);
      else writer.writeBuffer(item, Ber.OctetString);
    }
    writer.endSequence();
  });

/** The numbers and the bytes of such a control. */
export function sequenceIn(value: Buffer): { numbers: number[]; cookie: Buffer } {
  const reader = new BerReader(value);
  reader.readSequence();
  const numbers: number[] = [];
  while (reader.peek() === Ber.Integer) numbers.push(reader.readInt() ?? 0);
  return { numbers, cookie: bytes(reader) };
}

export const controlOf = ({ controls }: { readonly controls: readonly LdapControl[] }, wanted: string) =>
  controls.find(({ oid }) => oid === wanted);

export function entryIn({ content }: Pick<LdapMessage, 'content'>): Entry {
  const reader = new BerReader(content);
  const dn = text(reader);
  const end = into(reader);
  const attributes = each(reader, end, (): [string, Buffer[]] => {
    into(reader);
    const type = text(reader);
    return [type, each(reader, into(reader), () => bytes(reader))];
  });
  return { dn, attributes };
}

export function entryMessage(id: number, { dn, attributes }: Entry): LdapMessage {
  const content = built((writer) => {
    writer.writeString(dn);
    writer.startSequence();
    for (const [type, values] of attributes) {
      writer.startSequence();
      writer.writeString(type);
      writer.startSequence(ProtocolOperation.LBER_SET);
      for (const value of values) writer.writeBuffer(value, Ber.OctetString);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
  });
  return { id, operation: ProtocolOperation.LDAP_RES_SEARCH_ENTRY, content, controls: [] };
}

/** A result of any operation, such as `LDAP_RES_BIND`. */
export function resultMessage(
  id: number,
  operation: number,
  { status, errorMessage = '' }: Result,
  controls: readonly LdapControl[] = [],
): LdapMessage {
  const content = built((writer) => {
    writer.writeEnumeration(status);
    writer.writeString('');
    writer.writeString(errorMessage);
  });
  return { id, operation, content, controls };
}
