/** Whether a directory can be read on from where it was read to. */
import type { DirectoryConnection } from '@connector/active-directory/connection.ts';
import type { Cursor } from '@connector/shared/directory-state.ts';

export type Controller = Awaited<ReturnType<DirectoryConnection['domainController']>>;

/**
 * Whether the place in the changes means something at this domain controller, and nothing was lost there. Another address is
 * another controller even with the same `invocationId`: two copies of one virtual machine share it, and their USNs say nothing
 * about each other.
 */
export function isContinuous(
  { cookie, url, invocationId, usn }: Cursor,
  { connection, controller }: { connection: Pick<DirectoryConnection, 'url'>; controller: Controller },
): boolean {
  const isSame = url === connection.url && invocationId === controller.invocationId;
  return cookie !== null && isSame && controller.highestCommittedUsn >= BigInt(usn);
}
