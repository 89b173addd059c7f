/** What an account that was found, or wasn't, makes of its link. Pure. */
import type { Account } from '@connector/shared/account.ts';
import { isLinkedTo, type Link } from '@connector/shared/plan.ts';

/**
 * The link once the account was found, or not: it ends when we were about to remove the account and it is gone. That we have
 * disabled the account, or were about to, stays so: the call may yet arrive.
 */
export function linkAsFound(link: Link | null, found: Account | null): Link | null {
  if (link === null) return null;
  if (found === null) return link.removedByUs ? null : link;
  if (!isLinkedTo(link, found)) return link;
  return { ...link, id: found.id ?? link.id, removedByUs: false };
}
