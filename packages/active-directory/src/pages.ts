/** Searches whose answers are longer than a server gives at once (RFC 2696). */
import { type Control, PagedResultsControl } from 'ldapts';
import { PageControl } from './controls.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel, Search } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';

/**
 * The answer page by page; other questions may be asked between two. Ends after the last page and in no other way: whatever cuts the
 * answer short throws.
 * @param pageSize as many entries at most; Windows gives no more than 1000 (MaxPageSize)
 * @throws DirectoryError
 */
export async function* searchInPages(
  channel: LdapChannel,
  { controls = [], ...search }: Search,
  pageSize: number,
): AsyncGenerator<LdapEntry[], void, undefined> {
  let cookie: Buffer = Buffer.alloc(0);
  do {
    const page = await channel.search({
      ...search,
      controls: [new PageControl({ size: pageSize, cookie }), ...controls],
    });
    yield page.entries;
    cookie = nextPage(page.controls, channel.url);
  } while (cookie.length > 0);
}

/** Where the next page begins; empty after the last. */
function nextPage(controls: readonly Control[], url: string): Buffer {
  const answer = controls.find((control) => control instanceof PagedResultsControl);
  if (answer?.value === undefined) {
    throw new DirectoryError('no-answer', `${url} didn't answer in pages, so its answer may be cut short; is it AD?`);
  }
  return Buffer.from(answer.value.cookie ?? []); // a copy: the original keeps a network chunk alive
}
