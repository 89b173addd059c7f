/** A second domain beside that of the stack: its controller, who works on it, and the wire by which the services reach it. */
import { join } from 'node:path';
import { DirectoryHands } from '../acceptance/directory-hands.ts';
import { basesBelow } from '../oracle/change-log-company.ts';
import { labs } from '../oracle/domains.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface SecondDomainOptions {
  /** A folder of its own for it. */
  readonly dir: string;
  readonly maxPageSize: number;
}

export class SecondDomain implements AsyncDisposable {
  readonly domain: SambaDomain;
  readonly admin: DirectoryAdmin;
  readonly hands: DirectoryHands;
  readonly wire: TcpProxy;
  /** The configuration's section on it. */
  readonly section: object;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    resources: AsyncDisposableStack,
    parts: { domain: SambaDomain; wire: TcpProxy; section: object; admin: DirectoryAdmin; hands: DirectoryHands },
  ) {
    this.#resources = resources;
    this.domain = parts.domain;
    this.wire = parts.wire;
    this.section = parts.section;
    this.admin = parts.admin;
    this.hands = parts.hands;
  }

  static async create({ dir, maxPageSize }: SecondDomainOptions): Promise<SecondDomain> {
    await using resources = new AsyncDisposableStack();
    const domain = resources.use(await SambaDomain.create({ dir: join(dir, 'second'), realm: 'OTHER.TEST' }));
    const account = await domain.createServiceAccount({ name: 'svc-lastpass', password: 'Secret123!svc' });
    const front = resources.use(await LdapProxy.start(domain, { maxPageSize }));
    const port = Number(new URL(front.ldapsUrl).port);
    const wire = resources.use(await TcpProxy.start({ host: domain.address, port }));
    const section = {
      id: labs.directory,
      urls: [`ldaps://${domain.address}:${wire.port}`],
      bindDn: account.dn,
      bindPassword: account.password,
      tls: { caFile: domain.caFile },
      ...basesBelow(domain.baseDn),
    };
    const [admin, hands] = [new DirectoryAdmin(domain), new DirectoryHands(domain, labs.mark)];
    resources.defer(() => admin[Symbol.asyncDispose]().catch(() => undefined)); // its domain controller may be gone
    resources.defer(() => hands[Symbol.asyncDispose]().catch(() => undefined));
    return new SecondDomain(resources.move(), { domain, wire, section, admin, hands });
  }

  /** The domain controller was away: whoever works on it connects anew. */
  async reconnect(): Promise<void> {
    await this.hands.reconnect();
    await this.admin.hangUp().catch(() => undefined); // that connection is dead anyway
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}
