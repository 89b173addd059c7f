/** Rings when anything changes in a directory (change notification, MS-ADTS 3.1.1.3.4.1.9), and says no more than that. */
import { notification, showDeleted } from './controls.ts';
import { readNamingContext } from './domain-controller.ts';
import type { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import { type DirectoryOptions, openChannel } from './open-channel.ts';

export interface DoorbellListener {
  /** Something changed; many changes may ring often or once. */
  readonly onRing: () => void;
  /** The server or the network ended it: nothing rings any more. Not called when we end it ourselves. */
  readonly onEnd: (reason: DirectoryError) => void;
}

export interface Doorbell {
  /** The domain controller that rings. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Begins to watch; resolves once the server watches, as far as that can be known. Read the changes then: what came before
 * rings no more. To watch the domain controller that is read, give its address as the only one of `urls`, without `domain`.
 * @param signal ends it
 * @throws DirectoryError like `connectDirectory`, and read-failed when the server refuses to watch
 */
export async function watchForChanges(
  options: DirectoryOptions,
  { onRing, onEnd }: DoorbellListener,
  signal?: AbortSignal,
): Promise<Doorbell> {
  const { channel, namingContext } = await openChannel(options, signal);
  let wanted = true;
  const close = async () => {
    wanted = false;
    await channel.close();
  };
  try {
    await register(channel, namingContext, onRing);
  } catch (error) {
    await close();
    signal?.throwIfAborted();
    throw error;
  }
  channel.ended.then((reason) => {
    if (wanted && !signal?.aborted) onEnd(reason);
  });
  return { url: channel.url, close };
}

/**
 * The server never says yes to a notification search, it only ever says no. But it takes the requests of one connection
 * in turn, so its answer to the next one says that it has taken this one too, and a no has come by then.
 */
async function register(channel: LdapChannel, base: string, onRing: () => void): Promise<void> {
  // Only this filter is allowed. Without show-deleted, Samba doesn't ring for deletions.
  const controls = [notification(), showDeleted()];
  channel.listen({ base, scope: 'sub', filter: '(objectClass=*)', attributes: ['1.1'], controls }, onRing);
  await readNamingContext(channel);
}
