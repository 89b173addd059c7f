/** The LDAP controls that AD reads with (MS-ADTS 3.1.1.3.4.1). */
import { Ber, type BerReader, BerWriter, Control, PagedResultsControl } from 'ldapts';

/** What nothing can be read without, and notifications. */
export const controlOids = {
  dirSync: '1.2.840.113556.1.4.841',
  extendedDns: '1.2.840.113556.1.4.529',
  showDeleted: '1.2.840.113556.1.4.417',
  notification: '1.2.840.113556.1.4.528',
  pages: '1.2.840.113556.1.4.319',
} as const;

/** Deleted objects too (…417). */
export const showDeleted = (): Control => new Control(controlOids.showDeleted, { critical: true });

/** With a recycle bin, also those that have left it (…2064). Servers older than the recycle bin don't know it. */
export const showRecycled = (): Control => new Control('1.2.840.113556.1.4.2064');

/** No references to other domains (…1339). */
export const domainScope = (): Control => new Control('1.2.840.113556.1.4.1339');

/** Tell of changes from now on, without an end (…528). */
export const notification = (): Control => new Control(controlOids.notification, { critical: true });

function written(writer: BerWriter, write: (value: BerWriter) => void): void {
  const value = new BerWriter();
  value.startSequence();
  write(value);
  value.endSequence();
  writer.writeBuffer(value.buffer, Ber.OctetString);
}

/** DNs come as `<GUID=…>;<SID=…>;CN=…` (…529). */
export class ExtendedDnControl extends Control {
  constructor() {
    super(controlOids.extendedDns, { critical: true });
  }

  override writeControl(writer: BerWriter): void {
    written(writer, (value) => value.writeInt(1)); // 1: GUIDs with hyphens, not as a run of hexadecimal digits
  }
}

/** Of security descriptors only the discretionary list, which takes no right to the one for audits (…801; MS-ADTS 3.1.1.3.4.1.11). */
export class DiscretionaryListControl extends Control {
  constructor() {
    super('1.2.840.113556.1.4.801', { critical: true });
  }

  override writeControl(writer: BerWriter): void {
    written(writer, (value) => value.writeInt(4));
  }
}

/** A bit in DirSync's flags (MS-ADTS 3.1.1.3.4.1.3). */
const objectSecurity = 0x1;
const incrementalValues = 0x8000_0000;

/**
 * What changed since a cookie (…841), as far as the account may read it, group members singly.
 * ldapts parses the answer into the request's own instance, so each request wants a new one.
 */
export class DirSyncControl extends Control {
  /** Whether the server answered at all. */
  answered = false;
  /** More is to be read now. */
  more = false;
  /** What was read up to; the empty one is the beginning of time. */
  cookie: Buffer;
  readonly #maxBytes: number;

  constructor({ cookie, maxBytes = 1 << 20 }: { cookie: Buffer; maxBytes?: number }) {
    super(controlOids.dirSync, { critical: true });
    this.cookie = cookie;
    this.#maxBytes = maxBytes;
  }

  override writeControl(writer: BerWriter): void {
    written(writer, (value) => {
      value.writeInt(objectSecurity | incrementalValues); // negative, hence the four bytes that AD expects
      value.writeInt(this.#maxBytes);
      value.writeBuffer(this.cookie, Ber.OctetString);
    });
  }

  override parseControl(reader: BerReader): void {
    if (!reader.readSequence()) return;
    const more = reader.readInt();
    reader.readInt();
    const cookie = reader.readString(Ber.OctetString, true);
    if (more === null || cookie === null) return; // cut short: without a cookie everything would be told again
    this.more = more !== 0;
    this.cookie = Buffer.from(cookie); // a copy: the reader's own slice would keep a whole network chunk alive
    this.answered = true;
  }
}

/** Results in pages (…319, RFC 2696). One instance for each request, as with DirSync. */
export class PageControl extends Control {
  readonly #size: number;
  readonly #cookie: Buffer;

  constructor({ size, cookie }: { size: number; cookie: Buffer }) {
    super(PagedResultsControl.type, { critical: true });
    this.#size = size;
    this.#cookie = cookie;
  }

  override writeControl(writer: BerWriter): void {
    written(writer, (value) => {
      value.writeInt(this.#size);
      value.writeBuffer(this.#cookie, Ber.OctetString);
    });
  }
}
