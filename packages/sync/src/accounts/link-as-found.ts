/** What an account that was found, or wasn't, makes of its link. Pure. */
import type { Account } from '@connector/shared/account.ts';
import { isLinkedTo, type Link } from '@connector/shared/plan.ts';

/**
 * The link once the account was found, or not. As long as a disabling or removal of ours may still be carried out nothing is concluded from it.
 * Then the link ends when we were about to remove the account and it is gone, and what we were about to do and isn't done never will be: whoever
 * does it later isn't us.
 * @param nowMs before LastPass was asked, ms since 1970
 */
export function linkAsFound(link: Link | null, found: Account | null, nowMs: number): Link | null {
  if (link === null) return null;
  const { settlesAtMs, ...settled } = link;
  if (found !== null && !isLinkedTo(link, found)) return link;
  const id = found?.id ?? link.id;
  if ((settlesAtMs ?? 0) > nowMs) return { ...link, id };
  if (found === null) return link.removedByUs ? null : settled;
  return { ...settled, id, disabledByUs: link.disabledByUs && found.disabled, removedByUs: false };
}
