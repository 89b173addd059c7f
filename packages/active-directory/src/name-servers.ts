/** Asking DNS: the system's name servers, or those that are configured. */
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DirectoryError } from './errors.ts';

/** How long one question may take at one name server, and how often it is asked. */
const timeoutMs = 2_000;
const tries = 2;

/** A resolver that asks `servers`, or those of the system. @throws DirectoryError for what is no address */
export function resolverOf(servers: readonly string[] | undefined, signal?: AbortSignal): Resolver {
  const resolver = new Resolver({ timeout: timeoutMs, maxTimeout: timeoutMs, tries });
  try {
    if (servers !== undefined) resolver.setServers(servers);
  } catch (cause) {
    const message = `dnsServers: ${servers?.join(', ')} isn't all addresses; write such as 10.0.0.10 or 10.0.0.10:5353`;
    throw new DirectoryError('dns-failed', message, { cause });
  }
  signal?.addEventListener('abort', () => resolver.cancel(), { once: true });
  return resolver;
}

/** Node's names for "DNS has answered, and there is no such record" (https://nodejs.org/api/dns.html#error-codes). */
const none: readonly string[] = ['ENOTFOUND', 'ENODATA'];

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** What a question gave; empty when DNS knows of none. Every other failure throws. */
export async function knownOf<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer;
  } catch (error) {
    if (none.includes(codeOf(error))) return [];
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ETIMEOUT: "they don't answer",
  ESERVFAIL: 'they have failed at it',
  EREFUSED: 'they refuse to tell',
};

/** @param asked the name that was asked for */
export function dnsFailure(error: unknown, { asked, resolver }: { asked: string; resolver: Resolver }): DirectoryError {
  const code = codeOf(error);
  const why = `${reasons[code] ?? (error as Error).message} (${code})`;
  const message = `the name servers ${resolver.getServers().join(', ')} can't be asked for ${asked}: ${why}; check dnsServers, network and firewall, or write urls with addresses`;
  return new DirectoryError('dns-failed', message, { cause: error });
}

/** Finds hosts through `servers` alone, for `net.connect`. */
export function lookupThrough(servers: readonly string[]): LookupFunction {
  return (host, { all = false }, callback) => {
    addressesOfHost(host, servers).then(
      (found) => {
        const [first] = found;
        if (all) callback(null, found);
        else if (first !== undefined) callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

/** How long one family is waited for where the other is known, ms: some firewalls let no question for AAAA through. */
const otherFamilyMs = 500;

/** What a question gave; empty when it failed, or takes long where the other one gave something. */
async function soonOf(answer: Promise<string[]>, other: Promise<string[]>): Promise<string[]> {
  const nothing = (): string[] => [];
  const enough = other.catch(nothing).then(async (known) => {
    if (known.length === 0) return await answer;
    return await sleep(otherFamilyMs, [], { ref: false });
  });
  return await Promise.race([answer, enough]).catch(nothing);
}

/** IP addresses of a host, as `servers` tell. @throws DirectoryError dns-failed */
export async function addressesOfHost(host: string, servers: readonly string[]): Promise<LookupAddress[]> {
  const resolver = resolverOf(servers);
  const four = knownOf(resolver.resolve4(host));
  const six = knownOf(resolver.resolve6(host));
  const found = await Promise.all([soonOf(four, six), soonOf(six, four)]);
  const addresses = found.flatMap((known, index) => known.map((address) => ({ address, family: index === 0 ? 4 : 6 })));
  if (addresses.length > 0) {
    resolver.cancel();
    return addresses;
  }
  for (const answer of [four, six])
    await answer.catch((error: unknown) => {
      throw dnsFailure(error, { asked: host, resolver });
    });
  const message = `the name servers ${servers.join(', ')} know no address of ${host}; check it, and dnsServers`;
  throw new DirectoryError('dns-failed', message);
}
