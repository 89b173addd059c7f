/** What the generated directory answers to searches: entries one by one, so that no answer is ever held, and how it ended. */
import { isUnder } from '@connector/shared/dn.ts';
import {
  controlOf,
  controlOid,
  type Entry,
  type LdapControl,
  type LdapMessage,
  sequence,
  sequenceIn,
} from '../ldap/messages.ts';
import { dirSyncOf, pageOf } from '../ldap/search.ts';
import { inRanges } from '../ldap/value-ranges.ts';
import { type GeneratedDirectory, Refusal, type StoredObject } from './directory.ts';
import { entryOf, isWanted, newsEntryOf } from './entries.ts';
import { readSearchRequest, type SearchRequest } from './search-request.ts';

/** How DirSync's answers end: in pages of about so many bytes, as on Windows, or all in one, as Samba's. */
export type DirSyncAnswers = 'pages' | 'one';

/** How a search ended. */
export interface SearchEnd {
  readonly status: number;
  readonly errorMessage?: string;
  readonly controls?: readonly LdapControl[];
}

export type SearchResults = Generator<Entry, SearchEnd, undefined>;

/** MaxPageSize and MaxValRange, as every Windows domain controller has them to begin with (MS-ADTS 3.1.1.3.4.6). */
const maxPageSize = 1_000;
const maxValRange = 1_500;
/** However little is asked for, an answer of DirSync's isn't shorter. */
const dirSyncBytesMin = 1 << 20;

const code = { sizeLimitExceeded: 4, unavailableCriticalExtension: 12, noSuchObject: 32 } as const;

const service = 'CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration';
/** CN=Deleted Objects, by its well-known GUID (MS-ADTS 6.1.1.4.2). */
const deletedObjects = '<WKGUID=18E2EA80684F11D2B9AA00C04F79F805,';

interface Search extends SearchRequest {
  readonly directory: GeneratedDirectory;
  readonly request: LdapMessage;
}

/** @throws Refusal */
export function searchResults(
  directory: GeneratedDirectory,
  request: LdapMessage,
  { invocationId, dirSync }: { invocationId: Buffer; dirSync: DirSyncAnswers },
): SearchResults {
  const search: Search = { ...readSearchRequest(request), directory, request };
  const { base, scope } = search;
  if (base === '') return fixedEntry(search, rootEntry(directory));
  if (base === `${service},${directory.baseDn}`)
    return fixedEntry(search, { dn: base, attributes: [['invocationId', [invocationId]]] });
  if (base.toUpperCase().startsWith(deletedObjects)) return deletions(search);
  if (dirSyncOf(request) !== null) return news(search, dirSync);
  if (scope === 'base') return one(search);
  return limited(search, below(search));
}

const rootEntry = ({ baseDn, highestCommittedUsn }: GeneratedDirectory): Entry => ({
  dn: '',
  attributes: Object.entries({
    defaultNamingContext: baseDn,
    namingContexts: baseDn,
    dnsHostName: 'dc1.example.test',
    dsServiceName: `${service},${baseDn}`,
    highestCommittedUSN: String(highestCommittedUsn),
  }).map(([type, value]) => [type, [Buffer.from(value)]]),
});

function* fixedEntry(search: Search, { dn, attributes }: Entry): SearchResults {
  yield { dn, attributes: attributes.filter(([type]) => isWanted(search, type)) };
  return { status: 0 };
}

/** The container of what was deleted, or what is in it. */
function* deletions(search: Search): SearchResults {
  const { directory, scope, sizeLimit } = search;
  if (scope === 'base') {
    const attributes = [['isDeleted', [Buffer.from('TRUE')]] as const];
    return yield* fixedEntry(search, { dn: `CN=Deleted Objects,${directory.baseDn}`, attributes });
  }
  let given = 0;
  for (const number of directory.deleted()) {
    if (sizeLimit > 0 && given++ >= sizeLimit) return { status: code.sizeLimitExceeded };
    yield entryOf(directory, directory.object(number), search);
  }
  return { status: 0 };
}

function* one(search: Search): SearchResults {
  const { directory, base, showDeleted, request, filter } = search;
  const object = directory.object(directory.find(base));
  if (object.isDeleted && !showDeleted) throw new Refusal(code.noSuchObject, `${base} is deleted`);
  if (filter(object.objectClass)) yield* ranged(request, entryOf(directory, object, search));
  return { status: 0 };
}

/** The entry with no more values of an attribute than one answer holds. */
const ranged = (request: LdapMessage, entry: Entry): readonly Entry[] =>
  inRanges(request, { entries: [entry], references: [], end: request }, maxValRange).entries;

/** Live objects below the base with their numbers, from a number on. */
function* below({ directory, base, filter }: Search, from = 0): Generator<StoredObject, void, undefined> {
  const baseDn = directory.dnOf(directory.find(base));
  for (let number = from; number < directory.count; number++) {
    const object = directory.object(number);
    if (object.isDeleted || !filter(object.objectClass)) continue;
    if (baseDn === directory.baseDn || isUnder(object.dn, baseDn)) yield object;
  }
}

/** In pages where that is asked for; their cookie is the number of the next object. */
function* limited(search: Search, all: ReturnType<typeof below>): SearchResults {
  const { directory, request } = search;
  const page = pageOf(request);
  const size = Math.min(maxPageSize, page?.size || maxPageSize, search.sizeLimit || maxPageSize);
  const objects = page && page.cookie.length > 0 ? below(search, Number(page.cookie.toString())) : all;
  let given = 0;
  for (const object of objects) {
    if (given++ === size)
      return page === null ? { status: code.sizeLimitExceeded } : pageEnd(Buffer.from(String(object.number)));
    yield* ranged(request, entryOf(directory, object, search));
  }
  return page === null ? { status: 0 } : pageEnd(Buffer.of());
}

const pageEnd = (cookie: Buffer): SearchEnd => ({
  status: 0,
  controls: [{ oid: controlOid.pages, critical: false, value: sequence(0, cookie) }],
});

const cookiePattern = /^generated (\d+)$/;

/** DirSync: its cookie is the USN of what was told last. */
function* news(search: Search, answers: DirSyncAnswers): SearchResults {
  const { directory, request, filter } = search;
  const asked = dirSyncOf(request)?.cookie ?? Buffer.of();
  const known = cookiePattern.exec(asked.toString())?.[1];
  if (asked.length > 0 && known === undefined)
    throw new Refusal(code.unavailableCriticalExtension, 'Unable to unmarshall cookie');
  const since = Number(known ?? 0);
  const bytesMax = answers === 'one' ? Number.POSITIVE_INFINITY : Math.max(dirSyncBytesMin, maxBytesIn(request));
  let bytes = 0;
  for (const number of directory.changedSince(since)) {
    const object = directory.object(number);
    if (!filter(object.objectClass)) continue;
    const entry = newsEntryOf(directory, object, { since, wanted: search });
    bytes += sizeOf(entry);
    yield entry;
    const { changedUsn: usn } = object;
    if (bytes >= bytesMax) return newsEnd({ more: usn < directory.highestCommittedUsn, usn });
  }
  return newsEnd({ more: false, usn: directory.highestCommittedUsn });
}

/** How many bytes an answer of DirSync's may have: the control's second number. */
const maxBytesIn = (request: LdapMessage): number =>
  sequenceIn(controlOf(request, controlOid.dirSync)?.value ?? Buffer.of()).numbers[1] ?? 0;

/** Roughly, in bytes. */
const sizeOf = ({ dn, attributes }: Entry): number =>
  attributes.flatMap(([type, values]) => [type, ...values]).reduce((sum, { length }) => sum + length, dn.length);

const newsEnd = ({ more, usn }: { more: boolean; usn: number }): SearchEnd => ({
  status: 0,
  controls: [
    { oid: controlOid.dirSync, critical: true, value: sequence(more ? 1 : 0, 0, Buffer.from(`generated ${usn}`)) },
  ],
});
