/** Who gets mail: a real SMTP server over TLS, from the start or by STARTTLS, which knows one name and password. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, headers and all. */
  readonly raw: string;
  readonly isEncrypted: boolean;
  /** Who signed in; `null`: nobody. */
  readonly user: string | null;
}

export const account = { user: 'connector', password: 'mail-secret' };

export class MailServer implements AsyncDisposable {
  readonly mails: Mail[] = [];
  /** Passwords that were tried. */
  readonly tried: string[] = [];
  /** What every recipient is refused with; `null`: all are taken. */
  refusal: string | null = null;
  readonly #server: SMTPServer;

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      logger: false,
      authOptional: true,
      ...options,
      onAuth: ({ username, password }, _, done) => {
        this.tried.push(password ?? '');
        if (username === account.user && password === account.password) done(null, { user: username });
        else done(new Error('Invalid username or password'));
      },
      onRcptTo: (_, __, done) => done(this.refusal === null ? null : new Error(this.refusal)),
      onData: (stream, { envelope, secure, user }, done) => {
        void text(stream).then((raw) => {
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          this.mails.push({ from, to, raw, isEncrypted: secure, user: user === undefined ? null : String(user) });
          done();
        }, done);
      },
    });
    this.#server.on('error', () => undefined); // a client that doesn't trust it breaks off, as it should
  }

  static async create(options: SMTPServerOptions): Promise<MailServer> {
    const server = new MailServer(options);
    await once(server.#server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((done) => this.#server.close(() => done()));
  }
}
