/** How to reach a directory: where its domain controllers are, who signs in, and whom to trust. */
import type { DirectoryError } from './errors.ts';

export interface DirectoryOptions {
  /** `ldaps://host[:port]`, or `ldap://host[:port]` with StartTLS or `insecure`; tried in order. Or give `domain`. */
  readonly urls?: readonly string[] | undefined;
  /** DNS name of the domain, whose controllers are looked up through DNS SRV each time; instead of `urls`. */
  readonly domain?: string | undefined;
  /** Name servers, as `address[:port]`, to ask for names of domain and controllers instead of the system's. */
  readonly dnsServers?: readonly string[] | undefined;
  /** A DN, `name@domain` or `DOMAIN\name`. */
  readonly bindDn: string;
  readonly bindPassword: string;
  readonly tls?: {
    /** Certificates of the authorities to trust instead of the system's: PEM text. */
    readonly ca?: string | undefined;
    /** The name that the certificate must be for, where it isn't the host in the address. */
    readonly serverName?: string | undefined;
    /** TLS begins on the port of plain LDAP (RFC 4511, 4.14), before anything else is said there. */
    readonly startTls?: boolean | undefined;
  };
  /** Permits `ldap://` without StartTLS, which sends the password in the clear. */
  readonly insecure?: boolean;
  /** For TCP and TLS together, for each address. */
  readonly connectTimeoutMs?: number;
  /** How long the server may be silent while an answer is due. */
  readonly timeoutMs?: number;
  /** The address to try first, where it is one of them: that of the controller where a cookie means something. */
  readonly preferred?: string | null | undefined;
  /** The address to try last: that of a controller that takes connections and then fails. */
  readonly avoided?: string | null | undefined;
  /** Told why a domain controller won't do, when another one is tried. */
  readonly onMoveOn?: ((failure: DirectoryError) => void) | undefined;
}
