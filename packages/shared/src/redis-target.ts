/** Where Redis is: at one address, or wherever Sentinels say that the master is; with TLS or without. */
import type { RedisOptions } from 'ioredis';

const usualUrl = 'redis://127.0.0.1:6379';

export interface RedisTarget {
  /** Default: on this machine, unless there are sentinels. */
  readonly url?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Certificates, in PEM form, of the authorities that may have signed the server's; with sentinels, it also asks for TLS. */
  readonly ca?: string | undefined;
  /** The name that the certificates bear, where it isn't the host's. */
  readonly serverName?: string | undefined;
  /** `host:port` of Sentinels, which know the master. */
  readonly sentinels?: readonly string[] | undefined;
  /** What the Sentinels call the master. */
  readonly master?: string | undefined;
  readonly sentinelPassword?: string | undefined;
}

/** The host and port of an address; brackets of IPv6 are no part of the host. */
function hostAndPort(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

/** What a target says that contradicts itself, by key, with what to write. */
export function contradictionsOf(target: RedisTarget): [key: keyof RedisTarget, message: string][] {
  const { url, ca, serverName, sentinels, master, sentinelPassword } = target;
  const found: [key: keyof RedisTarget, message: string, isSo: boolean][] =
    sentinels === undefined
      ? [
          ['master', 'is of no use without sentinels; write those too', master !== undefined],
          ['sentinelPassword', 'is of no use without sentinels; write those too', sentinelPassword !== undefined],
          ['ca', 'is of no use without TLS; write url: rediss://…', ca !== undefined && !url?.startsWith('rediss:')],
          [
            'serverName',
            'is of no use without TLS; write url: rediss://…',
            serverName !== undefined && !url?.startsWith('rediss:'),
          ],
        ]
      : [
          ['url', 'sentinels is given too; keep one of the two', url !== undefined],
          ['master', 'is missing; write what the sentinels call the master, such as mymaster', master === undefined],
          ['serverName', 'is of no use without TLS; write caFile too', serverName !== undefined && ca === undefined],
        ];
  return found.flatMap(([key, message, isSo]) => (isSo ? [[key, message]] : []));
}

/** How a target is called in messages. */
export const nameOfRedis = ({ url = usualUrl, sentinels, master }: RedisTarget): string =>
  sentinels === undefined ? new URL(url).host : `${master} (as told by ${sentinels.join(', ')})`;

/** The keys of the configuration that say where it is. */
export const keysOfRedis = ({ sentinels }: RedisTarget): string =>
  sentinels === undefined ? 'redis.url' : 'redis.sentinels and redis.master';

type AddressOption =
  | 'username'
  | 'password'
  | 'tls'
  | 'sentinels'
  | 'name'
  | `sentinel${'Password' | 'TLS'}`
  | 'enableTLSForSentinelMode';

/** What ioredis needs to get there. */
export function addressOptions(target: RedisTarget): {
  readonly url: string | undefined;
  readonly options: Pick<RedisOptions, AddressOption>;
} {
  const { url = usualUrl, username, password, ca, serverName, sentinels, master, sentinelPassword } = target;
  const account = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  const trust = {
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
  if (sentinels === undefined) return { url, options: { ...account, ...(/^rediss:/.test(url) ? { tls: trust } : {}) } };
  const secret = sentinelPassword === undefined ? {} : { sentinelPassword };
  const tls = ca === undefined ? {} : { tls: trust, sentinelTLS: trust, enableTLSForSentinelMode: true };
  const options = { sentinels: sentinels.map(hostAndPort), name: master ?? '', ...account, ...secret, ...tls };
  return { url: undefined, options };
}
