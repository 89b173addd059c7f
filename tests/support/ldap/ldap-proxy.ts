/**
 * A proxy between LDAP clients and a domain controller that imposes what the domain controller doesn't: Windows' limits on
 * Samba's answers. TLS ends here. Any number of clients; each proxy has limits of its own, which may change while it runs.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type SecureContext } from 'node:tls';
import { dirSyncPages } from './dirsync-pages.ts';
import type { Limits } from './limits.ts';
import { controlOf, controlOid, type Entry, type LdapMessage, sequence, sequenceIn } from './messages.ts';
import { ProxiedConnection } from './proxied-connection.ts';
import { type SearchAnswer, withControl } from './search.ts';

/** The domain controller behind; `SambaDomain` is one. */
export interface ProxiedDomainController {
  /** Where it listens on port 389, and what its certificate is for. */
  readonly address: string;
  /** PEM files. */
  readonly certificateFile: string;
  readonly keyFile: string;
}

export class LdapProxy implements AsyncDisposable {
  /** In force for every request and answer from now on. */
  limits: Limits;
  readonly ldapsUrl: string;
  readonly ldapUrl: string;
  readonly #servers: readonly Server[];
  readonly #connections = new Set<ProxiedConnection>();
  /** TCP's, whether TLS has come about or not. */
  readonly #sockets = new Set<Socket>();
  /** Pages of DirSync's by their cookies; kept, because a client that crashed asks for the same again. */
  readonly #owed = new Map<string, SearchAnswer>();

  private constructor(servers: readonly [tls: Server, plain: Server], address: string, limits: Limits) {
    this.#servers = servers;
    this.limits = limits;
    const [tls, plain] = servers.map((server) => (server.address() as AddressInfo).port);
    this.ldapsUrl = `ldaps://${address}:${tls}`;
    this.ldapUrl = `ldap://${address}:${plain}`;
  }

  /** Starts one at the domain controller's address, on free ports, with its certificate. */
  static async start(
    { address, certificateFile, keyFile }: ProxiedDomainController,
    limits: Limits,
  ): Promise<LdapProxy> {
    const [cert, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
    const servers = [createTlsServer({ cert, key }), createTcpServer()] as const;
    for (const server of servers) {
      server.listen(0, address);
      await once(server, 'listening');
    }
    const proxy = new LdapProxy([...servers], address, limits);
    for (const server of servers) server.on('connection', (socket) => proxy.#keep(socket));
    const behind = { address, secureContext: createSecureContext({ cert, key }) };
    servers[0].on('secureConnection', (client) => proxy.#serve(client, { ...behind, encrypted: true }));
    servers[1].on('connection', (client) => proxy.#serve(client, { ...behind, encrypted: false }));
    return proxy;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Ends all connections, as a domain controller does that goes down in good order. */
  giveNotice(): void {
    for (const connection of this.#connections) connection.giveNotice('the server is going down');
  }

  /** Ends all connections without a word. */
  breakConnections(): void {
    for (const connection of this.#connections) connection.break();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#servers.map((server) => once(server, 'close'));
    for (const server of this.#servers) server.close();
    this.breakConnections();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #serve(
    client: Socket,
    { address, secureContext, encrypted }: { address: string; secureContext: SecureContext; encrypted: boolean },
  ): void {
    const server = connect(389, address);
    const shared = {
      secureContext,
      limits: () => this.limits,
      owed: (cookie: Buffer) => this.#owed.get(cookie.toString('base64')) ?? null,
      firstPage: (answer: SearchAnswer) => this.#firstPage(answer),
    };
    const connection = new ProxiedConnection({ client, server, encrypted }, shared);
    this.#connections.add(connection);
    client.on('close', () => this.#connections.delete(connection));
  }

  #firstPage(answer: SearchAnswer): SearchAnswer {
    const { dirSyncPage } = this.limits;
    if (dirSyncPage === undefined) return answer;
    const [first = [], ...others] = dirSyncPages(answer.entries, dirSyncPage);
    const rest = others.pop();
    if (rest === undefined) return answer;
    // Not even the last one says that there is no more: it is asked for later, and more may have come by then.
    const { value } = controlOf(answer.end, controlOid.dirSync) ?? {};
    const last = { ...answer, entries: rest, end: leadingTo(sequenceIn(value ?? Buffer.of()).cookie, answer.end) };
    return [first, ...others].reduceRight<SearchAnswer>((next, entries) => this.#before(next, entries), last);
  }

  /** The answer that comes before another, and leads to it by its cookie. */
  #before(next: SearchAnswer, entries: readonly Entry[]): SearchAnswer {
    const cookie = Buffer.from(`page ${randomUUID()}`);
    this.#owed.set(cookie.toString('base64'), next);
    return { entries, references: [], end: leadingTo(cookie, next.end) };
  }
}

/** The end of an answer that says that there is more, to be had with a cookie. */
const leadingTo = (cookie: Buffer, end: LdapMessage): LdapMessage =>
  withControl(end, controlOid.dirSync, sequence(1, 0, cookie));
