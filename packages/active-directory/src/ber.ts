/** BER (X.690), as far as a server's LDAP messages have it: where each value begins and ends. */

/** What came is no LDAP message, or none that a directory has a reason to send. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
  readonly code = 'MALFORMED_MESSAGE';
}

/** Tags, as far as LDAP's answers have them. */
export const tag = { boolean: 0x01, integer: 0x02, octets: 0x04, enumerated: 0x0a, sequence: 0x30, set: 0x31 } as const;

/** A number, such as a message's id, has so many bytes at most: 32 bits. */
export const longestNumber = 4;

/** A value within a message: its tag, and where what it holds begins and ends. */
export interface Part {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/** The value that begins at a place; `null` when too little has come to tell. */
export function partAt(bytes: Buffer, at: number): Part | null {
  const [kind, first] = [bytes[at], bytes[at + 1]];
  if (kind === undefined || first === undefined) return null;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || digits > longestNumber) throw new MalformedMessage('a length is malformed');
  const start = at + 2 + digits;
  if (bytes.length < start) return null;
  const length = digits === 0 ? first : bytes.readUIntBE(at + 2, digits);
  return { tag: kind, start, end: start + length };
}

/** The values within a value, which they must fill. */
export function partsIn(bytes: Buffer, { start, end }: Part): Part[] {
  const parts: Part[] = [];
  for (let at = start; at < end; ) {
    const part = partAt(bytes, at);
    if (part === null || part.end > end) throw new MalformedMessage('a value is longer than what holds it');
    parts.push(part);
    at = part.end;
  }
  return parts;
}

/** What a whole message holds. @throws MalformedMessage */
export function wholePart(message: Buffer): Part {
  const whole = partAt(message, 0);
  if (whole === null || whole.end > message.length) throw new MalformedMessage('a message is cut short');
  return whole;
}
