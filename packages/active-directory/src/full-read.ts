/** Everything in a directory, page by page. */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { type Control, PagedResultsControl } from 'ldapts';
import { domainScope, ExtendedDnControl, PageControl } from './controls.ts';
import { guidOfEntry, objectAttributes, objectFilter, objectOf } from './entry-to-change.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import { rangeGuard, withWholeRanges } from './member-ranges.ts';
import { rereading } from './read-object.ts';

/** Windows gives at most 1000 (MaxPageSize), and our change log takes 500. */
const pageSizeMax = 500;

/**
 * Reads all live objects below a naming context; holds one page at a time. Ends after the last page and in no other way:
 * whatever cuts the read short throws.
 * @throws DirectoryError
 */
export async function* readEverything(
  channel: LdapChannel,
  { base, pageSize }: { base: string; pageSize: number },
): AsyncGenerator<DirectoryChange[], void, undefined> {
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > pageSizeMax) {
    throw new RangeError(`pageSize is ${pageSize}; write 1 to ${pageSizeMax}`);
  }
  let cookie: Buffer = Buffer.alloc(0);
  do {
    const page = await readPage(channel, { base, pageSize, cookie });
    yield page.changes;
    cookie = page.cookie;
  } while (cookie.length > 0);
}

async function readPage(
  channel: LdapChannel,
  { base, pageSize, cookie }: { base: string; pageSize: number; cookie: Buffer },
): Promise<{ changes: DirectoryChange[]; cookie: Buffer }> {
  const { entries, controls } = await channel.search({
    base,
    scope: 'sub',
    filter: objectFilter,
    attributes: [...objectAttributes, rangeGuard],
    controls: [new PageControl({ size: pageSize, cookie }), new ExtendedDnControl(), domainScope()],
  });
  const changes: DirectoryChange[] = [];
  for (const entry of entries) {
    const whole = await withWholeRanges(entry, rereading(channel, guidOfEntry(entry)));
    if (whole !== null) changes.push(objectOf(whole)); // one deleted meanwhile is for DirSync to tell
  }
  return { changes, cookie: nextPage(controls, channel.url) };
}

/** Where the next page begins; empty after the last. */
function nextPage(controls: readonly Control[], url: string): Buffer {
  const answer = controls.find((control) => control instanceof PagedResultsControl);
  if (answer?.value === undefined) {
    throw new DirectoryError('no-answer', `${url} didn't answer in pages, so its answer may be cut short; is it AD?`);
  }
  return Buffer.from(answer.value.cookie ?? []); // a copy: the original keeps a network chunk alive
}
