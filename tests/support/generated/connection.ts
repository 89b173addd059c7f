/** One client's connection to the generated directory: its requests are answered in turn, at the speed at which it takes the answers. */
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { DnSyntaxError } from '@connector/shared/dn.ts';
import { BerReader, BindRequest, ProtocolOperation } from 'ldapts';
import { cut, decode, encode, entryMessage, type LdapMessage, resultMessage } from '../ldap/messages.ts';
import { isNotification } from '../ldap/search.ts';
import { type GeneratedDirectory, Refusal } from './directory.ts';
import { writeOperation } from './operations.ts';
import { type DirSyncAnswers, type SearchEnd, searchResults } from './searches.ts';

export interface GeneratedConnectionOptions {
  readonly invocationId: Buffer;
  readonly dirSync: DirSyncAnswers;
  readonly password: string;
}

const code = { protocolError: 2, invalidDnSyntax: 34, invalidCredentials: 49, other: 80 } as const;
const wrongPassword = '80090308: LdapErr: DSID-0C090569, comment: AcceptSecurityContext error, data 52e, v4563';

/** So many bytes go out at once. */
const chunkBytes = 64 * 1024;

export class GeneratedConnection {
  readonly #socket: Socket;
  readonly #directory: GeneratedDirectory;
  readonly #options: GeneratedConnectionOptions;
  #answered: Promise<void> = Promise.resolve();

  constructor(socket: Socket, directory: GeneratedDirectory, options: GeneratedConnectionOptions) {
    this.#socket = socket;
    this.#directory = directory;
    this.#options = options;
    let received: Buffer = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => {
      const { messages, rest } = cut(Buffer.concat([received, data]));
      received = rest;
      for (const message of messages) this.#answered = this.#answered.then(() => this.#answer(decode(message)));
    });
  }

  async #answer(request: LdapMessage): Promise<void> {
    if (this.#socket.destroyed) return;
    const { id, operation } = request;
    const write = writeOperation(request);
    if (operation === ProtocolOperation.LDAP_REQ_BIND) this.#bind(request);
    else if (operation === ProtocolOperation.LDAP_REQ_UNBIND) this.#socket.end();
    else if (operation === ProtocolOperation.LDAP_REQ_SEARCH) await this.#search(request);
    else if (write !== null)
      this.#tell(
        resultMessage(
          id,
          write.answer,
          this.#outcomeOf(() => write.act(this.#directory, request)),
        ),
      );
    else if (operation === ProtocolOperation.LDAP_REQ_EXTENSION)
      this.#tell(resultMessage(id, ProtocolOperation.LDAP_RES_EXTENSION, { status: code.protocolError }));
  }

  #bind({ id, content }: LdapMessage): void {
    const request = new BindRequest({ messageId: id, dn: '', password: '' });
    request.parseMessage(new BerReader(content));
    const isRight = request.password === this.#options.password;
    const result = isRight ? { status: 0 } : { status: code.invalidCredentials, errorMessage: wrongPassword };
    this.#tell(resultMessage(id, ProtocolOperation.LDAP_RES_BIND, result));
  }

  async #search(request: LdapMessage): Promise<void> {
    if (isNotification(request)) this.#notify(request.id);
    else await this.#results(request);
  }

  /** Tells of every change from now on that there was one. */
  #notify(id: number): void {
    const end = this.#directory.onChange((number) =>
      this.#tell(entryMessage(id, { dn: this.#directory.dnOf(number), attributes: [] })),
    );
    this.#socket.once('close', end);
  }

  async #results(request: LdapMessage): Promise<void> {
    const { id } = request;
    let chunk: Buffer[] = [];
    let size = 0;
    const send = async () => {
      const isTaken = this.#socket.write(Buffer.concat(chunk));
      [chunk, size] = [[], 0];
      if (!isTaken) await roomIn(this.#socket);
      await turn(); // for all others, and for whoever reads it in this very process
    };
    const {
      status,
      errorMessage = '',
      controls = [],
    } = await this.#entries(request, async (bytes) => {
      chunk.push(bytes);
      size += bytes.length;
      if (size >= chunkBytes) await send();
    });
    const end = resultMessage(id, ProtocolOperation.LDAP_RES_SEARCH, { status, errorMessage }, controls);
    chunk.push(encode(end));
    await send();
  }

  async #entries(request: LdapMessage, give: (bytes: Buffer) => Promise<void>): Promise<SearchEnd> {
    try {
      const results = searchResults(this.#directory, request, this.#options);
      for (;;) {
        const { done, value } = results.next();
        if (done) return value;
        if (this.#socket.destroyed) return { status: code.other };
        await give(encode(entryMessage(request.id, value)));
      }
    } catch (error) {
      return refused(error);
    }
  }

  #outcomeOf(act: () => void): SearchEnd {
    try {
      act();
      return { status: 0 };
    } catch (error) {
      return refused(error);
    }
  }

  #tell(message: LdapMessage): void {
    if (!this.#socket.destroyed) this.#socket.write(encode(message));
  }
}

/** Resolves when what was written is on its way, or the socket has come to its end. */
function roomIn(socket: Socket): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

function refused(error: unknown): SearchEnd {
  if (error instanceof DnSyntaxError) return { status: code.invalidDnSyntax, errorMessage: error.message };
  if (!(error instanceof Refusal)) throw error;
  return { status: error.status, errorMessage: error.message };
}
