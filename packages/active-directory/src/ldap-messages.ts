/**
 * Cuts what a server sends into LDAP messages, and lets only well-formed ones through (RFC 4511, 4.1.1 and 5.1).
 *
 * ldapts believes lengths: one that is too long sends it round in a circle for ever, and a message that lacks its end reads like a
 * success without entries. So what it is given is checked before.
 */
import { ProtocolOperation } from 'ldapts';
import { longestNumber, MalformedMessage, type Part, partAt, partsIn, tag } from './ber.ts';

/** The largest group that a server without ranges sends whole, of a million members, is smaller. */
const longestBytes = 256 * 1024 * 1024;

function expect(part: Part | undefined, ...tags: readonly number[]): Part {
  if (part !== undefined && tags.includes(part.tag)) return part;
  throw new MalformedMessage(`a value is ${part === undefined ? 'missing' : `of the type ${part.tag}`}`);
}

function expectNumber(part: Part | undefined, kind: number): void {
  const { start, end } = expect(part, kind);
  if (end === start || end - start > longestNumber) throw new MalformedMessage('a number is of no usual size');
}

function checkEntry(bytes: Buffer, entry: Part): void {
  const [name, attributes, ...more] = partsIn(bytes, entry);
  expect(name, tag.octets);
  if (more.length > 0) throw new MalformedMessage('an entry goes on after its end');
  for (const attribute of partsIn(bytes, expect(attributes, tag.sequence))) {
    const [type, values] = partsIn(bytes, expect(attribute, tag.sequence));
    expect(type, tag.octets);
    for (const value of partsIn(bytes, expect(values, tag.set))) expect(value, tag.octets);
  }
}

function checkResult(bytes: Buffer, result: Part): void {
  const [status, matched, message] = partsIn(bytes, result);
  expectNumber(status, tag.enumerated);
  expect(matched, tag.octets);
  expect(message, tag.octets);
}

function checkControls(bytes: Buffer, controls: Part): void {
  for (const control of partsIn(bytes, controls)) {
    const [oid, ...rest] = partsIn(bytes, expect(control, tag.sequence));
    expect(oid, tag.octets);
    for (const part of rest) expect(part, tag.boolean, tag.octets);
  }
}

/** @throws MalformedMessage */
function check(bytes: Buffer, whole: Part): void {
  const [id, operation, controls] = partsIn(bytes, whole);
  expectNumber(id, tag.integer);
  if (operation === undefined) throw new MalformedMessage('a message says nothing');
  if (operation.tag === ProtocolOperation.LDAP_RES_SEARCH_ENTRY) checkEntry(bytes, operation);
  else if (operation.tag === ProtocolOperation.LDAP_RES_SEARCH_REF)
    for (const url of partsIn(bytes, operation)) expect(url, tag.octets);
  else checkResult(bytes, operation);
  if (controls !== undefined) checkControls(bytes, expect(controls, ProtocolOperation.LDAP_CONTROLS));
}

/** Gathers what comes from a server. */
export class MessageCutter {
  #received: Buffer[] = [];
  #size = 0;
  /** How many bytes the message has that is coming; `null` until that is known. */
  #wanted: number | null = null;

  /**
   * The messages that are whole with these bytes.
   * @throws MalformedMessage at the first that isn't one: nothing that comes after it means anything
   */
  *messages(data: Buffer): Generator<Buffer, void, undefined> {
    this.#received.push(data);
    this.#size += data.length;
    for (;;) {
      if (this.#size < (this.#wanted ?? 2)) return;
      const bytes = this.#joined();
      const whole = partAt(bytes, 0);
      if (bytes[0] !== tag.sequence) throw new MalformedMessage('it begins as no message does');
      if (whole === null) return;
      if (whole.end > longestBytes) throw new MalformedMessage(`a message of ${whole.end} bytes is announced`);
      this.#wanted = whole.end;
      if (bytes.length < whole.end) return;
      this.#received = [bytes.subarray(whole.end)];
      this.#size = bytes.length - whole.end;
      this.#wanted = null;
      check(bytes, whole);
      yield bytes.subarray(0, whole.end);
    }
  }

  #joined(): Buffer {
    const bytes = this.#received.length === 1 ? this.#received[0] : undefined;
    const joined = bytes ?? Buffer.concat(this.#received, this.#size);
    this.#received = [joined];
    return joined;
  }
}
