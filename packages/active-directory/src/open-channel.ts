/** From addresses, a name and a password to a channel that is signed in. */
import { type Address, addressesOf, inOrderOfTrial, isFirstChoice } from './addresses.ts';
import { noneReachable } from './connect-failure.ts';
import type { DirectoryOptions } from './directory-options.ts';
import { readNamingContext } from './domain-controller.ts';
import { DirectoryError } from './errors.ts';
import { LdapChannel } from './ldap-channel.ts';
import { openSocket } from './open-socket.ts';

export type { DirectoryOptions } from './directory-options.ts';

export interface OpenedChannel {
  readonly channel: LdapChannel;
  /** DN of the domain's root. */
  readonly namingContext: string;
  /** Whether no other address would have been a better choice. */
  readonly isFirstChoice: boolean;
}

/** A controller that takes connections but doesn't sign in anybody is given up after this. */
const signInTimeoutMs = 15_000;

/**
 * Opens a channel to the first domain controller that can be reached, signs in there and hears of its domain; so a
 * controller that is down, cut off, busy, or mistaken for another one is passed over.
 *
 * A refused password isn't tried elsewhere: it is the same everywhere, and each try counts towards a lock-out.
 * @throws DirectoryError; the signal's reason when that is given first
 */
export async function openChannel(options: DirectoryOptions, signal?: AbortSignal): Promise<OpenedChannel> {
  const failures: DirectoryError[] = [];
  refuseAnonymous(options);
  const addresses = await addressesOf(options, signal);
  const trials = inOrderOfTrial(addresses, options);
  for (const [index, address] of trials.entries()) {
    signal?.throwIfAborted();
    try {
      return { ...(await openAt(address, options, signal)), isFirstChoice: isFirstChoice(address, addresses) };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof DirectoryError) || error.code === 'bind-refused') throw error;
      failures.push(error);
      if (index + 1 < trials.length) options.onMoveOn?.(error);
    }
  }
  throw noneReachable(failures);
}

async function openAt({ url }: Address, options: DirectoryOptions, signal: AbortSignal | undefined) {
  const { bindDn, bindPassword, timeoutMs = 60_000 } = options;
  refuseUnsafe(url, options);
  const channel = new LdapChannel(await openSocket(url, options, signal), { url, timeoutMs });
  const onAbort = () => channel.abandon(`the connection to ${url} isn't wanted any more`, signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  channel.ended.then(() => signal?.removeEventListener('abort', onAbort));
  try {
    await channel.bind(bindDn, bindPassword, Math.min(timeoutMs, signInTimeoutMs));
    return { channel, namingContext: await readNamingContext(channel) };
  } catch (error) {
    await channel.close();
    throw error;
  }
}

/** AD takes a name with an empty password for an anonymous sign-in and says yes (RFC 4513, 5.1.2). */
function refuseAnonymous({ bindDn, bindPassword }: DirectoryOptions): void {
  if (bindPassword !== '' && bindDn !== '') return;
  const key = bindDn === '' ? 'bindDn' : 'bindPassword';
  throw new DirectoryError('bind-refused', `${key} is empty, which would sign in as nobody; write it`);
}

/** Whether an address and what is trusted there will do at all. @throws DirectoryError tls-required, certificate-untrusted */
export function refuseUnsafe(url: string, { tls = {}, insecure = false }: DirectoryOptions): void {
  if (!/^ldaps:/i.test(url) && !insecure && !tls.startTls) {
    const remedy = 'write ldaps://, or tls.startTls: true, or insecure: true to allow it';
    throw new DirectoryError('tls-required', `${url} isn't encrypted; ${remedy}`);
  }
  // Node would take a text without any certificate for no text, and trust the system's authorities.
  if (tls.ca !== undefined && !tls.ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new DirectoryError(
      'certificate-untrusted',
      'tls.caFile holds no certificate in PEM form; write one that does',
    );
  }
}
