/**
 * A domain controller's double that has a generated company of any size: it answers what the connector asks, as Windows does, without
 * holding anybody, and takes an administrator's changes. For what is more than Samba can hold, and for limits that Samba doesn't have.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { GeneratedCompany } from './company.ts';
import { GeneratedConnection } from './connection.ts';
import { GeneratedDirectory } from './directory.ts';
import { guidOf } from './identity.ts';
import type { DirSyncAnswers } from './searches.ts';

export interface LoopbackOptions {
  readonly people: number;
  /** A loopback address; default: 127.0.0.1. */
  readonly address?: string;
  /** PEM files of a certificate for that address; without them there is no `ldapsUrl`. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  /** Default: pages. */
  readonly dirSync?: DirSyncAnswers;
}

/** Of the administrator, and of whoever else signs in: nobody is told apart. */
export const loopbackPassword = 'Passw0rd!Loopback';
const baseDn = 'DC=example,DC=test';
/** The first that no object has as objectGUID. */
const invocationId = guidOf(2 ** 47);

export class LoopbackServer implements AsyncDisposable {
  readonly directory: GeneratedDirectory;
  readonly baseDn = baseDn;
  readonly ldapUrl: string;
  readonly ldapsUrl: string | null;
  readonly #servers: readonly Server[];
  readonly #sockets = new Set<Socket>();

  private constructor(
    servers: readonly Server[],
    { people, address = '127.0.0.1', dirSync = 'pages' }: LoopbackOptions,
  ) {
    this.directory = new GeneratedDirectory(new GeneratedCompany({ people, baseDn }));
    this.#servers = servers;
    const [plain, tls] = servers.map((server) => (server.address() as AddressInfo).port);
    this.ldapUrl = `ldap://${address}:${plain}`;
    this.ldapsUrl = tls === undefined ? null : `ldaps://${address}:${tls}`;
    const serve = (socket: Socket) =>
      new GeneratedConnection(socket, this.directory, { invocationId, dirSync, password: loopbackPassword });
    for (const server of servers) server.on('connection', (socket) => this.#keep(socket));
    servers[0]?.on('connection', serve);
    servers[1]?.on('secureConnection', serve);
  }

  static async start(options: LoopbackOptions): Promise<LoopbackServer> {
    const servers: Server[] = [createServer()];
    if (options.tls) {
      const { certificateFile, keyFile } = options.tls;
      servers.push(createTlsServer({ cert: await readFile(certificateFile), key: await readFile(keyFile) }));
    }
    for (const server of servers) {
      server.listen(0, options.address ?? '127.0.0.1');
      await once(server, 'listening');
    }
    return new LoopbackServer(servers, options);
  }

  /** Ends all connections without a word. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.breakConnections();
    const closed = this.#servers.map((server) => once(server, 'close'));
    for (const server of this.#servers) server.close();
    await Promise.all(closed);
  }

  /** TCP's, whether TLS has come about or not. */
  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
