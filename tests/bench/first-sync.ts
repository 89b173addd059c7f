/** The first sync of a company: an empty tenant, an empty Redis, and services that have never run. */
import { accountsRead } from '@connector/shared/plan.ts';
import { parseStored } from '@connector/shared/store.ts';
import { addressOf } from '../faults/service-report.ts';
import type { SimulatedCall } from '../support/simulator.ts';
import { type ServiceName, Stack, type StackOptions, serviceNames } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { basesOf } from './company.ts';
import { peakMemory } from './process-figures.ts';
import type { Directory } from './yardsticks/reading.ts';

const withinMs = 60 * 60_000;

export interface FirstSync {
  /** From the start of the watcher to the answer about the last account, ms. */
  readonly tookMs: number;
  /** All that was asked of LastPass until everything was quiet, the accounts read again included. */
  readonly calls: readonly SimulatedCall[];
  /** The most resident memory that each service has had until then, bytes. */
  readonly peaks: Readonly<Record<ServiceName, number>>;
}

export interface Setting {
  /** What the domain holds, as a snapshot, or as LDIF; default: nothing. */
  readonly content?: { readonly snapshot: string } | { readonly ldif: (base: string) => string };
  /** Default: the whole company. */
  readonly bases?: (base: string) => object;
  readonly lastpass?: object;
  /** Stands in place of the domain. */
  readonly front?: StackOptions['front'];
}

/** The company's domain, with Redis and LastPass empty and no service running. The guard is out of the way: it isn't measured. */
export async function emptyStack({ content, bases = basesOf, lastpass = {}, front }: Setting): Promise<Stack> {
  return await Stack.create({
    ...content,
    ...(front ? { front } : {}),
    directory: bases,
    lastpass,
    policy: { memberships: 'all', guard: { firstCreates: 1_000_000, maxLeaversHard: 1_000_000 } },
    onLine: (service, line) => {
      if (/"level":(?:50|60)/.test(line)) console.error(`${service}: ${line}`);
    },
  });
}

export const directoryOf = ({ domain, accountDn, accountPassword }: Stack): Directory => ({
  url: domain.ldapsUrl,
  caFile: domain.caFile,
  baseDn: domain.baseDn,
  bindDn: accountDn,
  password: accountPassword,
});

/** Brings a stack's first sync about, and measures it. The reconciler and the pusher stand ready before it begins. */
export async function syncFirst(stack: Stack, people: number): Promise<FirstSync> {
  await Promise.all((['reconciler', 'pusher'] as const).map((name) => addressOf(stack.start(name))));
  const beganMs = Date.now();
  stack.start('watcher');
  const { redis, keys } = stack.store;
  const hasAll = async () => (await redis.hlen(keys.links)) >= people;
  await waitUntil('everybody to have an account', hasAll, { withinMs, everyMs: 100 });
  await stack.quiet({ withinMs });
  await waitUntil('the ids of the new accounts to be read', () => idsAreRead(stack, people), { withinMs });
  await stack.quiet({ withinMs });
  const calls = await stack.simulator.calls();
  const creates = calls.filter(({ cmd }) => cmd === 'batchadd');
  const endedMs = Math.max(...creates.map(({ timeMs, durationMs }) => timeMs + (durationMs ?? 0)));
  return { tookMs: endedMs - beganMs, calls, peaks: await peaksOf(stack) };
}

/** Whether the reading of the accounts that was asked for last has taken place. */
export async function accountsAreRead(stack: Stack): Promise<boolean> {
  const { redis, keys } = stack.store;
  const last = parseStored(accountsRead, keys.accountsRead, await redis.get(keys.accountsRead)).value;
  return last !== null && (await accountsRequest(stack)) === last.answered;
}

/** Names that reading; `null` where nobody has asked. */
export const accountsRequest = ({ store: { redis, keys } }: Stack): Promise<string | null> =>
  redis.hget(keys.requests, 'accounts');

/** Whether the ids of so many people's accounts are known: the pusher reads them once there are no more accounts to create. */
export const idsAreRead = async ({ store: { redis, keys } }: Stack, people: number): Promise<boolean> =>
  (await redis.hlen(keys.linkedIds)) >= people;

/** The most resident memory that each service has had so far, bytes. */
export async function peaksOf(stack: Stack): Promise<Record<ServiceName, number>> {
  const each = serviceNames.map(async (name) => [name, await peakMemory(stack.service(name).pid)] as const);
  return Object.fromEntries(await Promise.all(each)) as Record<ServiceName, number>;
}
