/**
 * An LDAP server that answers as a test tells it to: for what Samba doesn't do and Windows does (limits, ranges, DirSync in
 * pages), and for servers that misbehave. It takes every bind, unless told otherwise.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { BerReader, ProtocolOperation } from 'ldapts';
import {
  controlOid,
  cut,
  decode,
  encode,
  entryMessage,
  type LdapMessage,
  resultMessage as resultOf,
  sequenceIn,
} from './ldap/messages.ts';
import { attributesOf, baseOf } from './ldap/search.ts';

export { sequence } from './ldap/messages.ts';

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
  /** To every write, the bytes themselves; default: success. */
  readonly modify?: (messageId: number) => Buffer;
  /** What becomes of the answer to a search that isn't of the root entry on its way; an answer that is cut ends the connection. */
  readonly spoil?: (answer: Buffer) => { readonly sent: Buffer; readonly isCut: boolean };
}

export const dirSyncOid = controlOid.dirSync;
export const pageOid = controlOid.pages;

/** The bytes at the end of a control's value: the cookie, of DirSync and of pages. */
export const cookieIn = (value: Buffer | undefined): string =>
  value === undefined ? '' : sequenceIn(value).cookie.toString();

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

  /** Ends every connection, once what was sent is on its way. */
  async hangUp(): Promise<void> {
    await Promise.all([...this.#sockets].map((socket) => new Promise<void>((done) => socket.end(done))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket, manners: FakeManners & { answer: Answerer }): void {
    this.#sockets.add(socket);
    let received: Buffer = Buffer.alloc(0);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      this.heard = Buffer.concat([this.heard, data]);
      const { messages, rest } = cut(Buffer.concat([received, data]));
      received = rest;
      for (const message of messages) this.#handle(socket, decode(message), manners);
    });
  }

  #handle(socket: Socket, message: LdapMessage, manners: FakeManners & { answer: Answerer }): void {
    const { bind = {}, extended = { status: 2 }, modify = written } = manners;
    const { id, operation, content } = message;
    if (operation === ProtocolOperation.LDAP_REQ_BIND) {
      const reader = new BerReader(content);
      reader.readInt();
      this.binds.push(reader.readString() ?? '');
      if (bind !== 'silence') socket.write(resultMessage(id, ProtocolOperation.LDAP_RES_BIND, bind));
    } else if (operation === ProtocolOperation.LDAP_REQ_EXTENSION) {
      if (Buffer.isBuffer(extended)) socket.write(extended);
      else if (extended !== 'silence') socket.write(resultMessage(id, ProtocolOperation.LDAP_RES_EXTENSION, extended));
    } else if (operation === ProtocolOperation.LDAP_REQ_MODIFY) socket.write(modify(id));
    else if (operation === ProtocolOperation.LDAP_REQ_UNBIND) socket.end();
    else if (operation === ProtocolOperation.LDAP_REQ_SEARCH) this.#search(socket, message, manners);
  }

  #search(
    socket: Socket,
    message: LdapMessage,
    { answer, spoil = (sent) => ({ sent, isCut: false }) }: FakeManners & { answer: Answerer },
  ): void {
    const search = searchIn(message, socket);
    const reply = search.base === '' ? { entries: [rootEntry] } : answer(search);
    if (reply === 'silence') return;
    const messages = (reply.entries ?? []).map(({ dn, attributes }) => {
      const values = Object.entries(attributes).map(
        ([type, all]) => [type, all.map((value) => Buffer.from(value))] as const,
      );
      return encode(entryMessage(message.id, { dn, attributes: values }));
    });
    const whole = Buffer.concat([...messages, resultMessage(message.id, ProtocolOperation.LDAP_RES_SEARCH, reply)]);
    const { sent, isCut } = search.base === '' ? { sent: whole, isCut: false } : spoil(whole);
    if (isCut) socket.end(sent);
    else socket.write(sent);
  }
}

const rootEntry: FakeEntry = {
  dn: '',
  attributes: {
    defaultNamingContext: ['DC=example,DC=test'],
    configurationNamingContext: ['CN=Configuration,DC=example,DC=test'],
    dnsHostName: ['dc1'],
    dsServiceName: ['CN=NTDS Settings'],
    highestCommittedUSN: ['7'],
  },
};

const written = (messageId: number): Buffer => resultMessage(messageId, ProtocolOperation.LDAP_RES_MODIFY, {});

const searchIn = (message: LdapMessage, socket: Socket): FakeSearch => ({
  base: baseOf(message),
  attributes: attributesOf(message),
  controls: new Map(message.controls.map(({ oid, value }) => [oid, value ?? Buffer.of()])),
  socket,
});

/** A result of any operation; message id 0 is the notice of disconnection's. */
export function resultMessage(messageId: number, operation: number, answer: FakeAnswer): Buffer {
  const { status = 0, errorMessage = '', controls = {} } = answer;
  const given = Object.entries(controls).map(([oid, value]) => ({ oid, critical: false, value }));
  return encode(resultOf(messageId, operation, { status, errorMessage }, given));
}
