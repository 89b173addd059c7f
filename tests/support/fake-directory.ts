/**
 * An LDAP server that answers as a test tells it to: for what Samba doesn't do and Windows does (limits, ranges, DirSync in
 * pages), and for servers that misbehave. It takes every bind, unless told otherwise.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  Attribute,
  Ber,
  BerReader,
  BerWriter,
  Control,
  PagedResultsControl,
  PresenceFilter,
  ProtocolOperation,
  SearchRequest,
} from 'ldapts';

export interface FakeEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, readonly (string | Buffer)[]>>;
}

export interface FakeAnswer {
  readonly entries?: readonly FakeEntry[];
  /** LDAP result code; default: 0. */
  readonly status?: number;
  readonly errorMessage?: string;
  /** Control values by OID. */
  readonly controls?: Readonly<Record<string, Buffer>>;
}

export interface FakeSearch {
  readonly base: string;
  readonly attributes: readonly string[];
  /** Control values by OID; empty for those without a value. */
  readonly controls: ReadonlyMap<string, Buffer>;
  readonly socket: Socket;
}

/** What to answer to a search; `silence` leaves the client waiting. */
export type Answerer = (search: FakeSearch) => FakeAnswer | 'silence';

/** How it answers besides. */
export interface FakeManners {
  /** To every bind; default: success. */
  readonly bind?: FakeAnswer | 'silence';
  /** To every extended request, such as StartTLS, or the bytes themselves; default: protocolError, as of a server that knows none. */
  readonly extended?: FakeAnswer | Buffer | 'silence';
}

export const dirSyncOid = '1.2.840.113556.1.4.841';
export const pageOid = '1.2.840.113556.1.4.319';

/** The value of a control that is a sequence of numbers and bytes. */
export function sequence(...items: readonly (number | Buffer)[]): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  for (const item of items) {
    if (typeof item === 'number') writer.writeInt(item);
    else writer.writeBuffer(item, Ber.OctetString);
  }
  writer.endSequence();
  return writer.buffer;
}

/** The bytes at the end of a control's value: the cookie, of DirSync and of pages. */
export function cookieIn(value: Buffer | undefined): string {
  const reader = new BerReader(value ?? Buffer.of());
  reader.readSequence();
  while (reader.peek() === Ber.Integer) reader.readInt();
  return reader.readString(Ber.OctetString, true)?.toString() ?? '';
}

/** Remembers a request's control as it came. */
class SeenControl extends Control {
  value = Buffer.alloc(0);
  override parseControl(reader: BerReader): void {
    this.value = Buffer.from(reader.remainingBuffer);
  }
}

export class FakeDirectory implements AsyncDisposable {
  readonly url: string;
  /** DN of every simple bind. */
  readonly binds: string[] = [];
  /** Everything that clients sent, as it came. */
  heard = Buffer.alloc(0);
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    this.url = `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param answer for every search but those of the root entry, which is a domain's */
  static async start(answer: Answerer, manners: FakeManners = {}): Promise<FakeDirectory> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fake = new FakeDirectory(server);
    server.on('connection', (socket) => fake.#serve(socket, { answer, ...manners }));
    return fake;
  }

  /** Sends bytes to every client. */
  send(bytes: Buffer): void {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket, manners: FakeManners & { answer: Answerer }): void {
    this.#sockets.add(socket);
    let received = Buffer.alloc(0);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      this.heard = Buffer.concat([this.heard, data]);
      received = Buffer.concat([received, data]);
      for (let message = firstMessage(received); message !== null; message = firstMessage(received)) {
        received = received.subarray(message.length);
        this.#handle(socket, message, manners);
      }
    });
  }

  #handle(socket: Socket, message: Buffer, manners: FakeManners & { answer: Answerer }): void {
    const { answer, bind = {}, extended = { status: 2 } } = manners;
    const reader = new BerReader(message);
    reader.readSequence();
    const messageId = reader.readInt() ?? 0;
    const operation = reader.readSequence();
    if (operation === ProtocolOperation.LDAP_REQ_BIND) {
      reader.readInt();
      this.binds.push(reader.readString() ?? '');
      if (bind !== 'silence') socket.write(resultMessage(messageId, ProtocolOperation.LDAP_RES_BIND, bind));
    } else if (operation === ProtocolOperation.LDAP_REQ_EXTENSION) {
      if (Buffer.isBuffer(extended)) socket.write(extended);
      else if (extended !== 'silence')
        socket.write(resultMessage(messageId, ProtocolOperation.LDAP_RES_EXTENSION, extended));
    } else if (operation === ProtocolOperation.LDAP_REQ_UNBIND) socket.end();
    else if (operation === ProtocolOperation.LDAP_REQ_SEARCH) this.#search(socket, messageId, reader, answer);
  }

  #search(socket: Socket, messageId: number, reader: BerReader, answer: Answerer): void {
    const search = parseSearch(reader, socket);
    const reply = search.base === '' ? { entries: [rootEntry] } : answer(search);
    if (reply === 'silence') return;
    for (const entry of reply.entries ?? []) socket.write(entryMessage(messageId, entry));
    socket.write(resultMessage(messageId, ProtocolOperation.LDAP_RES_SEARCH, reply));
  }
}

const rootEntry: FakeEntry = {
  dn: '',
  attributes: { defaultNamingContext: ['DC=example,DC=test'], dnsHostName: ['dc1'], highestCommittedUSN: ['7'] },
};

function firstMessage(bytes: Buffer): Buffer | null {
  if (bytes[0] !== 0x30) return null; // no LDAP, such as a TLS client's hello
  const reader = new BerReader(bytes);
  if (reader.readSequence() === null || reader.remain < reader.length) return null;
  return bytes.subarray(0, reader.offset + reader.length);
}

function parseSearch(reader: BerReader, socket: Socket): FakeSearch {
  const seen = [dirSyncOid, '1.2.840.113556.1.4.528'].map((oid) => new SeenControl(oid));
  const request = new SearchRequest({ messageId: 0, filter: new PresenceFilter({ attribute: 'objectClass' }) });
  request.parse(reader, seen);
  const controls = new Map<string, Buffer>();
  for (const control of request.controls ?? []) {
    if (control instanceof SeenControl) controls.set(control.type, control.value);
    else if (control instanceof PagedResultsControl) {
      controls.set(control.type, sequence(control.value?.size ?? 0, control.value?.cookie ?? Buffer.of()));
    }
  }
  return { base: request.baseDN, attributes: request.attributes, controls, socket };
}

function entryMessage(messageId: number, { dn, attributes }: FakeEntry): Buffer {
  return envelope(messageId, ProtocolOperation.LDAP_RES_SEARCH_ENTRY, (writer) => {
    writer.writeString(dn);
    writer.startSequence();
    for (const [type, values] of Object.entries(attributes)) {
      new Attribute({ type, values: values.map((value) => Buffer.from(value)) }).write(writer);
    }
    writer.endSequence();
  });
}

/** A result of any operation; message id 0 is the notice of disconnection's. */
export function resultMessage(messageId: number, operation: number, answer: FakeAnswer): Buffer {
  const { status = 0, errorMessage = '', controls = {} } = answer;
  const result = (writer: BerWriter) => {
    writer.writeEnumeration(status);
    writer.writeString('');
    writer.writeString(errorMessage);
  };
  return envelope(messageId, operation, result, controls);
}

function envelope(
  messageId: number,
  operation: number,
  write: (writer: BerWriter) => void,
  controls: Readonly<Record<string, Buffer>> = {},
): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(messageId);
  writer.startSequence(operation);
  write(writer);
  writer.endSequence();
  if (Object.keys(controls).length > 0) {
    writer.startSequence(ProtocolOperation.LDAP_CONTROLS);
    for (const [oid, value] of Object.entries(controls)) {
      writer.startSequence();
      writer.writeString(oid);
      writer.writeBuffer(value, Ber.OctetString);
      writer.endSequence();
    }
    writer.endSequence();
  }
  writer.endSequence();
  return writer.buffer;
}
