/** One client's connection through the proxy: requests are refused or passed on, answers gathered, limited and given. */
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { BerReader, ProtocolOperation } from 'ldapts';
import { type Limits, limitedAnswer, limitedRequest, refusalOf } from './limits.ts';
import { cut, decode, encode, type LdapMessage, resultMessage } from './messages.ts';
import { isSearch } from './refusals.ts';
import { answerOf, dirSyncOf, isNotification, messagesOf, type SearchAnswer } from './search.ts';

/** What the connections of one proxy share. */
export interface Shared {
  /** In force now. */
  readonly limits: () => Limits;
  /** A page of DirSync's that is owed by its cookie. */
  readonly owed: (cookie: Buffer) => SearchAnswer | null;
  /** Keeps the pages after the first for later; gives the first. */
  readonly firstPage: (answer: SearchAnswer) => SearchAnswer;
  /** For clients that begin in the clear. */
  readonly secureContext: SecureContext;
}

/** What answers an operation (RFC 4511, 4.2, 4.5 and 4.6). */
const answers: Readonly<Record<number, number>> = {
  [ProtocolOperation.LDAP_REQ_BIND]: ProtocolOperation.LDAP_RES_BIND,
  [ProtocolOperation.LDAP_REQ_SEARCH]: ProtocolOperation.LDAP_RES_SEARCH,
  [ProtocolOperation.LDAP_REQ_MODIFY]: ProtocolOperation.LDAP_RES_MODIFY,
};

const startTls = '1.3.6.1.4.1.1466.20037';
const noticeOfDisconnection = '1.3.6.1.4.1.1466.20036';
const unavailable = 52;

/** A search whose answer is being gathered. */
interface Gathering {
  readonly request: LdapMessage;
  readonly received: LdapMessage[];
}

export class ProxiedConnection {
  readonly #server: Socket;
  readonly #shared: Shared;
  #client: Socket;
  #encrypted: boolean;
  readonly #gathering = new Map<number, Gathering>();
  readonly #notifications = new Set<number>();
  #idle: NodeJS.Timeout | undefined;

  constructor({ client, server, encrypted }: { client: Socket; server: Socket; encrypted: boolean }, shared: Shared) {
    this.#client = client;
    this.#server = server;
    this.#encrypted = encrypted;
    this.#shared = shared;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('close', () => this.#closed(to));
      from.on('error', () => from.destroy()); // the other side is told by the close that follows
    }
    eachMessage(client, (message) => this.#fromClient(message));
    eachMessage(server, (message) => this.#fromServer(message));
    this.#stir();
  }

  /** Ends it as a server does that gives notice (RFC 4511, 4.4.1). */
  giveNotice(errorMessage: string): void {
    const { content, ...notice } = resultMessage(0, ProtocolOperation.LDAP_RES_EXTENSION, {
      status: unavailable,
      errorMessage,
    });
    const name = Buffer.concat([Buffer.of(0x8a, noticeOfDisconnection.length), Buffer.from(noticeOfDisconnection)]);
    this.#client.end(encode({ ...notice, content: Buffer.concat([content, name]) }));
    this.#server.destroy();
  }

  /** Ends it without a word. */
  break(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #closed(other: Socket): void {
    clearTimeout(this.#idle);
    if (!other.writableEnded) other.destroy();
  }

  /** Begins to wait anew for the connection to fall idle. */
  #stir(): void {
    clearTimeout(this.#idle);
    const { maxConnIdleMs } = this.#shared.limits();
    if (maxConnIdleMs === undefined) return;
    this.#idle = setTimeout(() => this.#fellIdle(), maxConnIdleMs);
  }

  /** Notification searches don't count: nothing says that they keep a connection alive on Windows. */
  #fellIdle(): void {
    if (this.#gathering.size > 0) this.#stir();
    else this.giveNotice('MaxConnIdleTime has passed');
  }

  #fromClient(bytes: Buffer): void {
    this.#stir();
    const request = decode(bytes);
    const state = { encrypted: this.#encrypted, notifications: this.#notifications.size };
    const answer = answers[request.operation];
    const refusal = answer === undefined ? null : refusalOf(request, state, this.#shared.limits());
    if (answer !== undefined && refusal !== null) this.#tell(resultMessage(request.id, answer, refusal));
    else if (isSearch(request)) this.#search(request, bytes);
    else if (request.operation === ProtocolOperation.LDAP_REQ_EXTENSION && request.content.includes(startTls))
      this.#encrypt(request.id);
    else {
      if (request.operation === ProtocolOperation.LDAP_REQ_ABANDON) this.#abandon(request);
      this.#server.write(bytes);
    }
  }

  /** StartTLS (RFC 4511, 4.14): the domain controller behind hears nothing of it. */
  #encrypt(id: number): void {
    const plain = this.#client;
    plain.removeAllListeners('data');
    this.#tell(resultMessage(id, ProtocolOperation.LDAP_RES_EXTENSION, { status: 0 }));
    this.#client = new TLSSocket(plain, { isServer: true, secureContext: this.#shared.secureContext });
    this.#client.on('error', () => plain.destroy());
    eachMessage(this.#client, (message) => this.#fromClient(message));
    this.#encrypted = true;
  }

  #search(request: LdapMessage, bytes: Buffer): void {
    const owed = this.#shared.owed(dirSyncOf(request)?.cookie ?? Buffer.of());
    if (owed !== null) {
      this.#answer(request.id, owed);
      return;
    }
    if (isNotification(request)) this.#notifications.add(request.id);
    else this.#gathering.set(request.id, { request, received: [] });
    const limited = limitedRequest(request, this.#shared.limits());
    this.#server.write(limited === request ? bytes : encode(limited));
  }

  /** The content of an abandon is the id of what isn't wanted any more, without BER's head (RFC 4511, 4.11). */
  #abandon({ content }: LdapMessage): void {
    const id = new BerReader(Buffer.concat([Buffer.of(0x02, content.length), content])).readInt() ?? 0;
    this.#gathering.delete(id);
    this.#notifications.delete(id);
  }

  #fromServer(bytes: Buffer): void {
    const message = decode(bytes);
    const search = this.#gathering.get(message.id);
    if (message.operation === ProtocolOperation.LDAP_RES_SEARCH) this.#notifications.delete(message.id);
    if (search === undefined) {
      this.#client.write(bytes);
      return;
    }
    search.received.push(message);
    if (message.operation !== ProtocolOperation.LDAP_RES_SEARCH) return;
    this.#gathering.delete(message.id);
    this.#stir();
    const whole = limitedAnswer(search.request, answerOf(search.received), this.#shared.limits());
    this.#answer(message.id, dirSyncOf(search.request) === null ? whole : this.#shared.firstPage(whole));
  }

  #answer(id: number, answer: SearchAnswer): void {
    for (const message of messagesOf(answer, id)) this.#tell(message);
  }

  #tell(message: LdapMessage): void {
    this.#client.write(encode(message));
  }
}

function eachMessage(socket: Socket, handle: (message: Buffer) => void): void {
  let received: Buffer = Buffer.alloc(0);
  socket.on('data', (data) => {
    const { messages, rest } = cut(Buffer.concat([received, data]));
    received = rest;
    for (const message of messages) handle(message);
  });
}
