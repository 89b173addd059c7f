/**
 * One LDAP connection, on ldapts' messages over a socket of our own.
 *
 * ldapts' Client would do, were it not that it reconnects behind one's back (without credentials, and two operations that
 * meet on a lost connection never settle), that it fills missing attributes in, and that a search without an end can't be
 * listened to. A channel does less: it is open, and when it is lost it stays lost.
 */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import {
  Attribute,
  BindRequest,
  BindResponse,
  Change,
  type Control,
  ExtendedResponse,
  type Filter,
  FilterParser,
  type Message,
  MessageParser,
  type MessageResponse,
  ModifyRequest,
  ModifyResponse,
  SearchReference,
  SearchRequest,
  SearchResponse,
  UnbindRequest,
} from 'ldapts';
import { DirectoryError } from './errors.ts';
import { type Flow, Inflow } from './inflow.ts';
import { type LdapEntry, type ReceivedEntry, receivedEntry } from './ldap-entry.ts';
import { bindFailure, ldapCode, ldapFailure } from './ldap-failure.ts';
import { MessageCutter } from './ldap-messages.ts';

export interface Search {
  readonly base: string;
  readonly scope: 'base' | 'one' | 'sub';
  /** Any text but ASCII takes a `Filter`: ldapts garbles escaped bytes above 0x7f. Default: `(objectClass=*)`. */
  readonly filter?: string | Filter;
  readonly attributes: readonly string[];
  readonly controls?: readonly Control[];
  /** How many entries are wanted; the server ends the search with an error when there are more. Default: no limit. */
  readonly sizeLimit?: number;
}

export interface AddedValue {
  /** A DN, or `<GUID=…>`. */
  readonly object: string;
  readonly attribute: string;
  readonly value: string;
}

export interface SearchResult {
  readonly entries: LdapEntry[];
  /** Those that came with the end of the search. */
  readonly controls: readonly Control[];
}

interface Exchange {
  readonly message: Message;
  readonly onEntry: (entry: LdapEntry, bytes: number) => void;
  readonly settle: (response: MessageResponse) => void;
  readonly fail: (error: DirectoryError) => void;
  /** Of silence; `null` for a search that may be silent for ever. */
  readonly timer: NodeJS.Timeout | null;
}

/** Seconds; the server's own limit stays in force. ldapts would ask for 10. */
const noTimeLimit = 0;

/** How long to let a busy server rest before it is asked again, ms: a long read needn't begin anew for one such answer. */
const restsMs = [100, 200, 400, 800];

const messageIdMax = 2 ** 31 - 1;
const closeWithinMs = 1_000;

export class LdapChannel {
  readonly url: string;
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #cutter = new MessageCutter();
  readonly #parser = new MessageParser();
  readonly #exchanges = new Map<string, Exchange>();
  readonly #ended = Promise.withResolvers<DirectoryError>();
  readonly #flow: Flow = { hold: () => this.#hold(), release: () => this.#release() };
  #isHeld = false;
  #end: DirectoryError | null = null;
  #messageId = 0;

  /** @param timeoutMs how long the server may be silent while an answer is due */
  constructor(socket: Socket, { url, timeoutMs }: { url: string; timeoutMs: number }) {
    this.url = url;
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#parser.on('message', (message) => this.#receive(message));
    this.#parser.on('error', (error) => this.#lose(`${url} sent what isn't LDAP`, error));
    socket.on('data', (data) => this.#hear(data));
    socket.on('error', (error) => this.#lose(`the connection to ${url} broke`, error));
    socket.on('close', () => this.#lose(`${url} closed the connection`));
    if (socket.destroyed) this.#lose(`${url} closed the connection`);
  }

  /** Whether nobody on the way can read what is said: the socket itself is TLS, by ldaps:// or StartTLS. */
  get isEncrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** Resolves with the reason when the connection has come to its end, whoever ended it. */
  get ended(): Promise<DirectoryError> {
    return this.#ended.promise;
  }

  /**
   * Signs in.
   * @param timeoutMs how long the server may be silent about it
   * @throws DirectoryError bind-refused, tls-required, read-failed when the server is busy, no-answer
   */
  async bind(dn: string, password: string, timeoutMs: number = this.#timeoutMs): Promise<void> {
    const request = (messageId: number) => new BindRequest({ messageId, dn, password });
    const { status, errorMessage } = await this.#send(request, { timeoutMs });
    if (status !== 0) throw bindFailure({ status, errorMessage, dn, url: this.url });
  }

  /**
   * Searches to the end; what is to be had in pages must be asked for in pages. A busy server is asked again for a while.
   * @throws DirectoryError for every outcome but success: a limit that cut the answer short is an error too
   */
  async search(search: Search): Promise<SearchResult> {
    for (const restMs of restsMs) {
      const answer = await this.#searchOnce(search);
      if (answer.response.status !== ldapCode.busy) return this.#resultOf(search, answer);
      await sleep(restMs);
    }
    return this.#resultOf(search, await this.#searchOnce(search));
  }

  async #searchOnce(search: Search): Promise<{ entries: LdapEntry[]; response: MessageResponse }> {
    const entries: LdapEntry[] = [];
    const response = await this.#send((messageId) => searchRequest(messageId, search), {
      onEntry: (entry) => entries.push(entry),
    });
    return { entries, response };
  }

  #resultOf(search: Search, { entries, response }: { entries: LdapEntry[]; response: MessageResponse }): SearchResult {
    if (response.status !== 0) throw ldapFailure(response, `reading ${search.base || 'the root entry'} at ${this.url}`);
    return { entries, controls: response.controls ?? [] };
  }

  /**
   * Searches to the end, part by part, for an answer of any size: nothing more is read from the server while a part is being used, and
   * nothing else can be asked on this channel meanwhile. Leaving it early ends the channel: what was asked for still comes.
   * @throws DirectoryError like `search`; a busy server is asked again only as long as it has sent nothing
   */
  async *searchInParts(search: Search): AsyncGenerator<LdapEntry[], void, undefined> {
    for (const restMs of [...restsMs, null]) {
      const { response, isEmpty } = yield* this.#partsOnce(search);
      if (response.status !== ldapCode.busy || !isEmpty || restMs === null)
        return void this.#resultOf(search, { entries: [], response });
      await sleep(restMs);
    }
  }

  async *#partsOnce(
    search: Search,
  ): AsyncGenerator<LdapEntry[], { response: MessageResponse; isEmpty: boolean }, undefined> {
    const inflow = new Inflow(this.#flow);
    const onEntry = (entry: LdapEntry, bytes: number) => inflow.add(entry, bytes);
    const answer = this.#send((messageId) => searchRequest(messageId, search), { onEntry });
    answer.then(
      () => inflow.end(),
      () => inflow.end(), // why is told at the end
    );
    let isEmpty = true;
    try {
      for (let part = await inflow.next(); part !== null; part = await inflow.next()) {
        isEmpty = false;
        yield part;
      }
      return { response: await answer, isEmpty };
    } finally {
      if (!inflow.isOver) this.#lose(`an answer of ${this.url} was left before its end`);
    }
  }

  /**
   * Adds one value to one attribute of one object. It never takes the place of another: where an attribute that holds one has one, the
   * server refuses (attributeOrValueExists, or constraintViolation; MS-ADTS 3.1.1.5.3).
   *
   * No error holds the server's own words, for a server may repeat the value there.
   * @throws DirectoryError insufficient-rights, tls-required, write-failed, and as `search`
   */
  async addValue({ object, attribute, value }: AddedValue): Promise<void> {
    const modification = new Attribute({ type: attribute, values: [value] });
    const changes = [new Change({ operation: 'add', modification })];
    const { status } = await this.#send((messageId) => new ModifyRequest({ messageId, dn: object, changes }));
    const doing = `writing ${attribute} of ${object} at ${this.url}`;
    if (status !== 0) throw ldapFailure({ status, errorMessage: '' }, doing, { access: 'write' });
  }

  /** Begins a search without an end. The channel lives as long as the search: when the server ends it, all ends. */
  listen(search: Search, onEntry: () => void): void {
    const end = ({ status, errorMessage }: MessageResponse) =>
      this.#finish(ldapFailure({ status, errorMessage }, `watching ${search.base} at ${this.url}`));
    this.#write((messageId) => searchRequest(messageId, search), {
      onEntry,
      settle: end,
      fail: () => undefined, // the channel has ended, and `ended` tells
      timer: null,
    });
  }

  /** Says goodbye and resolves once the socket is closed. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#socket.closed) resolve();
      else this.#socket.once('close', () => resolve());
    });
    if (this.#end === null) {
      this.#socket.end(new UnbindRequest({ messageId: this.#nextId() }).write());
      this.#finish(new DirectoryError('connection-lost', `the connection to ${this.url} was closed; connect anew`));
    }
    this.#release(); // the end of the connection comes behind what is still to be read
    const force = setTimeout(() => this.#socket.destroy(), closeWithinMs);
    await closed;
    clearTimeout(force);
  }

  /** Ends the connection without a goodbye; for when the reason to have it is gone. */
  abandon(why: string, cause?: unknown): void {
    this.#lose(why, cause);
  }

  #nextId(): number {
    this.#messageId = this.#messageId >= messageIdMax ? 1 : this.#messageId + 1;
    return this.#messageId;
  }

  async #send(
    make: (messageId: number) => Message,
    {
      onEntry = () => undefined,
      timeoutMs = this.#timeoutMs,
    }: { onEntry?: Exchange['onEntry']; timeoutMs?: number } = {},
  ): Promise<MessageResponse> {
    const answer = Promise.withResolvers<MessageResponse>();
    // While nothing is read, it is we who are silent.
    const timer = setTimeout(() => (this.#isHeld ? timer.refresh() : this.#giveUp(timeoutMs)), timeoutMs);
    try {
      this.#write(make, { onEntry, settle: answer.resolve, fail: answer.reject, timer });
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #write(make: (messageId: number) => Message, exchange: Omit<Exchange, 'message'>): void {
    if (this.#end !== null) throw lost(this.#end);
    const message = make(this.#nextId());
    this.#exchanges.set(String(message.messageId), { message, ...exchange });
    this.#socket.write(message.write());
  }

  #hold(): void {
    this.#isHeld = true;
    this.#socket.pause();
  }

  #release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    for (const { timer } of this.#exchanges.values()) timer?.refresh();
    this.#socket.resume();
  }

  #hear(data: Buffer): void {
    try {
      for (const message of this.#cutter.messages(data)) {
        const received = receivedEntry(message);
        if (received === null) this.#parser.read(message, this.#exchanges);
        else this.#receiveEntry(received);
        if (this.#end !== null) return;
      }
    } catch (error) {
      this.#lose(`${this.url} sent what isn't LDAP`, error);
    }
  }

  #receiveEntry({ messageId, entry, bytes }: ReceivedEntry): void {
    const exchange = this.#exchanges.get(String(messageId));
    exchange?.timer?.refresh();
    exchange?.onEntry(entry, bytes);
  }

  #receive(message: MessageResponse): void {
    const exchange = this.#exchanges.get(String(message.messageId));
    exchange?.timer?.refresh();
    if (message instanceof SearchReference)
      return; // other domains aren't ours to follow
    else if (exchange !== undefined && !isAnswerTo(exchange.message, message))
      this.#lose(`${this.url} answers something else than it was asked`);
    else if (exchange !== undefined) {
      this.#exchanges.delete(String(message.messageId));
      exchange.settle(message);
    } else if (message instanceof ExtendedResponse) {
      // The notice of disconnection is the one answer that nobody asked for (RFC 4511, 4.4.1).
      this.#lose(`${this.url} ends the connection (LDAP ${message.status}: ${message.errorMessage})`);
    }
  }

  #giveUp(timeoutMs: number): void {
    const problem = `${this.url} didn't answer within ${timeoutMs} ms; is the domain controller overloaded or cut off?`;
    this.#finish(new DirectoryError('no-answer', problem));
    this.#socket.destroy();
  }

  #lose(why: string, cause?: unknown): void {
    this.#finish(new DirectoryError('connection-lost', `${why}; connect anew`, { cause }));
    this.#socket.destroy();
  }

  #finish(reason: DirectoryError): void {
    if (this.#end !== null) return;
    this.#end = reason;
    const waiting = [...this.#exchanges.values()];
    this.#exchanges.clear();
    for (const { fail } of waiting) fail(reason);
    this.#ended.resolve(reason);
  }
}

/** What a call gets that comes after the end. */
const lost = (end: DirectoryError): DirectoryError =>
  end.code === 'connection-lost'
    ? end
    : new DirectoryError('connection-lost', `${end.message}; connect anew`, { cause: end });

/** The end of a search is the end of a search, and nothing else: another answer's success mustn't be taken for it. */
function isAnswerTo(request: Message, response: MessageResponse): boolean {
  if (request instanceof BindRequest) return response instanceof BindResponse;
  return response instanceof (request instanceof ModifyRequest ? ModifyResponse : SearchResponse);
}

const searchRequest = (messageId: number, search: Search): SearchRequest =>
  new SearchRequest({
    messageId,
    baseDN: search.base,
    scope: search.scope,
    filter: filterOf(search.filter ?? '(objectClass=*)'),
    attributes: [...search.attributes],
    controls: [...(search.controls ?? [])],
    sizeLimit: search.sizeLimit ?? 0,
    timeLimit: noTimeLimit,
  });

const filterOf = (filter: string | Filter): Filter =>
  typeof filter === 'string' ? FilterParser.parseString(filter) : filter;
