/** Everything in a directory, page by page. */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { domainScope, ExtendedDnControl } from './controls.ts';
import { guidOfEntry, objectAttributes, objectFilter, objectOf } from './entry-to-change.ts';
import type { LdapChannel } from './ldap-channel.ts';
import { rangeGuard, withWholeRanges } from './member-ranges.ts';
import { searchInPages } from './pages.ts';
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
  const search = { base, scope: 'sub' as const, filter: objectFilter, attributes: [...objectAttributes, rangeGuard] };
  const controls = [new ExtendedDnControl(), domainScope()];
  for await (const entries of searchInPages(channel, { ...search, controls }, pageSize)) {
    const changes: DirectoryChange[] = [];
    for (const entry of entries) {
      const whole = await withWholeRanges(entry, rereading(channel, guidOfEntry(entry)));
      if (whole !== null) changes.push(objectOf(whole)); // one deleted meanwhile is for DirSync to tell
    }
    yield changes;
  }
}
