/**
 * MaxValRange: so many values at most of one attribute (MS-ADTS 3.1.1.3.1.3.3). More of them come as
 * `member;range=0-1499`, beside a `member` without values; `member;range=1500-*` asks for the next, and `*` in the answer says
 * that they were the last.
 *
 * With DirSync's flag for single values (LDAP_DIRSYNC_INCREMENTAL_VALUES), `range=1-1` and `range=0-0` aren't ranges but the
 * values that came and went, and no limit is told of; without it, "all values, up to a server-specified limit" come
 * (.NET's `DirectorySynchronizationOptions.IncrementalValues`), which is taken to be this one.
 */
import type { Entry, LdapMessage } from './messages.ts';
import { dirSyncOf, type SearchAnswer } from './search.ts';

export function inRanges(request: LdapMessage, answer: SearchAnswer, maxValRange: number): SearchAnswer {
  if (dirSyncOf(request)?.singleValues) return answer;
  return { ...answer, entries: answer.entries.map((entry) => entryInRanges(entry, maxValRange)) };
}

type Attribute = Entry['attributes'][number];

const entryInRanges = (entry: Entry, maxValRange: number): Entry => ({
  ...entry,
  attributes: entry.attributes.flatMap((attribute) =>
    attribute[1].length > maxValRange ? firstRange(attribute, maxValRange) : [attribute],
  ),
});

function firstRange([type, values]: Attribute, maxValRange: number): Attribute[] {
  const [, name = type, low] = /^(.+);range=(\d+)-(?:\d+|\*)$/.exec(type) ?? [];
  const from = Number(low ?? 0);
  const range: Attribute = [`${name};range=${from}-${from + maxValRange - 1}`, values.slice(0, maxValRange)];
  return low === undefined ? [[name, []], range] : [range];
}
