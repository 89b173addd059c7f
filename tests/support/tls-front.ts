/** TLS in front of a server that has none, with a certificate of an authority of its own. */
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { makeCertificates } from './samba/certificates.ts';

export class TlsFront implements AsyncDisposable {
  readonly port: number;
  /** Certificate of the authority, PEM. */
  readonly ca: string;
  readonly caFile: string;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(server: Server, sockets: ReadonlySet<Socket>, { ca, caFile }: { ca: string; caFile: string }) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#sockets = sockets;
    this.ca = ca;
    this.caFile = caFile;
  }

  /**
   * @param dir made for it; it goes with the test's folder
   * @param port of the server behind, on loopback
   * @param address that the certificate is for
   */
  static async create({ dir, port, address = '127.0.0.1' }: { dir: string; port: number; address?: string }) {
    await mkdir(dir, { recursive: true });
    await makeCertificates(dir, { realm: 'LASTPASS.TEST', address });
    const caFile = join(dir, 'ca.pem');
    const [key, cert, ca] = await Promise.all(
      [join(dir, 'key.pem'), join(dir, 'cert.pem'), caFile].map((file) => readFile(file, 'utf8')),
    );
    const sockets = new Set<Socket>();
    const server = createServer({ key, cert }, (client) => {
      const behind = connect(port, '127.0.0.1');
      for (const [each, other] of [
        [client, behind],
        [behind, client],
      ] as const) {
        sockets.add(each);
        each.on('error', () => other.destroy()); // whoever breaks off breaks both off
        each.on('close', () => {
          sockets.delete(each);
          other.destroy();
        });
        each.pipe(other);
      }
    });
    server.on('tlsClientError', () => undefined); // who doesn't trust it breaks off, as it should
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TlsFront(server, sockets, { ca: ca ?? '', caFile });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const each of this.#sockets) each.destroy();
    await closed;
  }
}
