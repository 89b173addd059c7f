/** Finding a domain's controllers through DNS SRV records, as Windows does (MS-ADTS 6.3.2.3; RFC 2782). */
import type { SrvRecord } from 'node:dns';
import { DirectoryError } from './errors.ts';
import { dnsFailure, knownOf, resolverOf } from './name-servers.ts';

/** The first names domain controllers of the domain and nothing else; the second any LDAP server of it. */
const namesFor = (domain: string): readonly string[] => [`_ldap._tcp.dc._msdcs.${domain}`, `_ldap._tcp.${domain}`];

/**
 * The records of a domain's controllers, in the order in which they are to be tried; asked anew at each call.
 * @throws DirectoryError dns-failed
 */
export async function findControllers(
  { domain, dnsServers }: { domain: string; dnsServers?: readonly string[] | undefined },
  signal?: AbortSignal,
): Promise<SrvRecord[]> {
  const resolver = resolverOf(dnsServers, signal);
  for (const asked of namesFor(domain)) {
    const found = await knownOf(resolver.resolveSrv(asked)).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw dnsFailure(error, { asked, resolver });
    });
    const there = found.filter(({ name }) => name !== '' && name !== '.'); // "." says that there is no such service
    if (there.length > 0) return inOrder(there);
  }
  throw unknownDomain(domain, resolver.getServers());
}

const unknownDomain = (domain: string, servers: readonly string[]): DirectoryError =>
  new DirectoryError(
    'dns-failed',
    `the name servers ${servers.join(', ')} know no domain controllers of ${domain}: there is no SRV record ` +
      `${namesFor(domain).join(' nor ')}; check domain, name servers that know it in dnsServers, or write urls`,
  );

/**
 * By priority, the lowest first; those of one priority at random, in proportion to their weights, and evenly where nothing
 * weighs anything (RFC 2782, "Weight").
 * @param random from 0 up to, but not, 1
 */
export function inOrder(records: readonly SrvRecord[], random: () => number = Math.random): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((wanted) =>
    byWeight(
      records.filter(({ priority }) => priority === wanted),
      random,
    ),
  );
}

function byWeight(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  // Those without a weight stand first, so that the draw of 0 is theirs: a small chance, but one.
  const left = [...records].sort((a, b) => Number(a.weight > 0) - Number(b.weight > 0));
  const order: SrvRecord[] = [];
  while (left.length > 0) order.push(...left.splice(drawn(left, random), 1));
  return order;
}

/** The index of the first record whose running sum of weights reaches a random number. */
function drawn(records: readonly SrvRecord[], random: () => number): number {
  const total = records.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return Math.floor(random() * records.length);
  const number = Math.floor(random() * (total + 1));
  let sum = 0;
  return records.findIndex(({ weight }) => {
    sum += weight;
    return sum >= number;
  });
}
