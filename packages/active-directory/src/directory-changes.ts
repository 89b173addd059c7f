/** What changed in a directory, by DirSync (MS-ADTS 3.1.1.3.4.1.3). */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { DirSyncControl, ExtendedDnControl } from './controls.ts';
import { guidOfEntry, isRestored, newsOf, objectAttributes, objectFilter } from './entry-to-change.ts';
import { DirectoryError } from './errors.ts';
import { partSize } from './inflow.ts';
import type { LdapChannel, Search } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';
import { ldapCode } from './ldap-failure.ts';
import { comesInRanges, withWholeRanges } from './member-ranges.ts';
import { lookUpAll, rereading } from './read-object.ts';

/** One of the server's answers, or a part of it: Windows' answers have about a megabyte, and Samba gives everything in one. */
export interface ChangesPart {
  readonly changes: DirectoryChange[];
  /** To go on from after this part and all before it; `null` where the answer goes on: only its end has one. */
  readonly cookie: Buffer | null;
  /** The next part is to be had at once. */
  readonly more: boolean;
}

/** The cookie that stands for everything being new. */
const beginning = Buffer.alloc(0);

/** Matches nothing, so that the server only tells where it stands. */
const nothing = '(!(objectClass=*))';

/**
 * A cookie for now: what changes from here on will be told. The server walks through its past for it, without sending any.
 * @throws DirectoryError
 */
export async function bookmarkNow(channel: LdapChannel, base: string): Promise<Buffer> {
  for (let cookie: Buffer = beginning; ; ) {
    const control = new DirSyncControl({ cookie });
    await channel.search(searchFor({ base, filter: nothing, control })).catch(refusalOf({ channel, cookie }));
    checkAnswer(channel, { control, from: cookie, isEmpty: true });
    if (!control.more) return control.cookie;
    cookie = control.cookie;
  }
}

/**
 * Everything that changed since a cookie, up to now; holds a part of it at a time. What was read of an answer that isn't read to its end
 * is true, and is told again from the same cookie.
 * @throws DirectoryError cookie-refused when only a full read helps
 */
export async function* readChanges(
  channel: LdapChannel,
  { base, cookie }: { base: string; cookie: Buffer },
): AsyncGenerator<ChangesPart, void, undefined> {
  for (let from = cookie, more = true; more; ) {
    const control = new DirSyncControl({ cookie: from });
    let last: DirectoryChange[] | null = null;
    try {
      for await (const changes of newsIn(channel, searchFor({ base, filter: objectFilter, control }))) {
        if (last !== null) yield { changes: last, cookie: null, more: true };
        last = changes;
      }
    } catch (error) {
      refusalOf({ channel, cookie: from })(error);
    }
    checkAnswer(channel, { control, from, isEmpty: last === null });
    yield { changes: last ?? [], cookie: control.cookie, more: control.more };
    [from, more] = [control.cookie, control.more];
  }
}

interface Asked {
  readonly base: string;
  readonly filter: string;
  readonly control: DirSyncControl;
}

const searchFor = ({ base, filter, control }: Asked): Search => ({
  ...{ base, scope: 'sub', filter, attributes: objectAttributes },
  controls: [control, new ExtendedDnControl()],
});

/** @throws DirectoryError no-answer */
function checkAnswer(
  { url }: LdapChannel,
  { control, from, isEmpty }: { control: DirSyncControl; from: Buffer; isEmpty: boolean },
): void {
  if (!control.answered) throw new DirectoryError('no-answer', `${url} gave no DirSync answer; is it AD?`);
  if (control.more && isEmpty && control.cookie.equals(from))
    throw new DirectoryError('no-answer', `${url} keeps sending nothing and promising more; try another`);
}

/** Samba says 12; Windows isn't known to keep to one code, and a full read cures whichever it is. */
const refusals: readonly (number | undefined)[] = [
  ldapCode.unavailableCriticalExtension,
  ldapCode.protocolError,
  ldapCode.unwillingToPerform,
];

const isRefusal = (error: unknown, cookie: Buffer): error is DirectoryError =>
  cookie.length > 0 && error instanceof DirectoryError && refusals.includes(error.ldapCode);

const cookieRefused = (url: string, cause: DirectoryError): DirectoryError =>
  new DirectoryError('cookie-refused', `${url} doesn't accept our place in its changes; a full read is needed`, {
    cause,
    ...(cause.ldapCode === undefined ? {} : { ldapCode: cause.ldapCode }),
  });

/** For a failed search: throws what it comes to. */
const refusalOf =
  ({ channel, cookie }: { channel: LdapChannel; cookie: Buffer }) =>
  (error: unknown): never => {
    throw isRefusal(error, cookie) ? cookieRefused(channel.url, error) : error;
  };

/**
 * What an answer tells, in parts and in the server's order. The channel takes no question until the answer has come to its end. So an
 * object that has to be looked at once more waits until then, and so does all that follows it: of somebody restored, what they were put
 * into since must be told after that they are back.
 */
async function* newsIn(channel: LdapChannel, search: Search): AsyncGenerator<DirectoryChange[], void, undefined> {
  const waiting: LdapEntry[] = [];
  for await (const entries of channel.searchInParts(search)) {
    if (waiting.length > 0 || entries.some(needsAnotherLook)) waiting.push(...entries);
    else yield changesIn(entries);
  }
  for (let from = 0; from < waiting.length; from += partSize.entries)
    yield await changesOf(channel, waiting.slice(from, from + partSize.entries));
}

/** Whether DirSync tells only part of what is to be known of an object. */
const needsAnotherLook = (entry: LdapEntry): boolean => comesInRanges(entry) || isRestored(entry);

const changesIn = (entries: readonly LdapEntry[]): DirectoryChange[] =>
  entries.map(newsOf).flatMap((one) => (one !== null && 'change' in one ? [one.change] : []));

/** In the server's order; restored objects are looked up, as DirSync tells only part of them. */
async function changesOf(channel: LdapChannel, entries: readonly LdapEntry[]): Promise<DirectoryChange[]> {
  const news = (await withAllValues(channel, entries)).map(newsOf).filter((one) => one !== null);
  const restored = news.flatMap((one) => ('restored' in one ? [one.restored] : []));
  const found = new Map(
    (await lookUpAll(channel, restored)).map((change) => [change.guid, { ...change, restored: true }]),
  );
  return news.flatMap((one) => ('change' in one ? [one.change] : (found.get(one.restored) ?? [])));
}

/**
 * Members come singly, as those that came and went. Where the server doesn't know them singly, because they were written
 * before the forest could replicate them so, it sends all of them, "up to a server-specified limit": then the others are
 * read. An object that is gone meanwhile is left out: its tombstone is told of next.
 */
async function withAllValues(channel: LdapChannel, entries: readonly LdapEntry[]): Promise<LdapEntry[]> {
  const all: LdapEntry[] = [];
  for (const entry of entries) {
    const whole = await withWholeRanges(entry, rereading(channel, guidOfEntry(entry)));
    if (whole !== null) all.push(whole);
  }
  return all;
}
