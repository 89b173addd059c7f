/** What changed in a directory, by DirSync (MS-ADTS 3.1.1.3.4.1.3). */
import type { DirectoryChange } from '@connector/shared/directory-change.ts';
import { DirSyncControl, ExtendedDnControl } from './controls.ts';
import { guidOfEntry, newsOf, objectAttributes, objectFilter } from './entry-to-change.ts';
import { DirectoryError } from './errors.ts';
import type { LdapChannel } from './ldap-channel.ts';
import type { LdapEntry } from './ldap-entry.ts';
import { ldapCode } from './ldap-failure.ts';
import { withWholeRanges } from './member-ranges.ts';
import { lookUpAll, rereading } from './read-object.ts';

/** One answer of the server. */
export interface ChangesPage {
  readonly changes: DirectoryChange[];
  /** To go on from after this page. */
  readonly cookie: Buffer;
  /** The next page is to be had at once. */
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
    const answer = await ask(channel, { base, cookie, filter: nothing });
    if (!answer.more) return answer.cookie;
    cookie = answer.cookie;
  }
}

/**
 * Everything that changed since a cookie, up to now.
 * @throws DirectoryError cookie-refused when only a full read helps
 */
export async function* readChanges(
  channel: LdapChannel,
  { base, cookie }: { base: string; cookie: Buffer },
): AsyncGenerator<ChangesPage, void, undefined> {
  for (let from = cookie, more = true; more; ) {
    const { entries, ...answer } = await ask(channel, { base, cookie: from, filter: objectFilter });
    yield { changes: await changesOf(channel, entries), ...answer };
    ({ cookie: from, more } = answer);
  }
}

interface Answer {
  readonly entries: LdapEntry[];
  readonly cookie: Buffer;
  readonly more: boolean;
}

async function ask(
  channel: LdapChannel,
  { base, cookie, filter }: { base: string; cookie: Buffer; filter: string },
): Promise<Answer> {
  const control = new DirSyncControl({ cookie });
  const controls = [control, new ExtendedDnControl()];
  const search = { base, scope: 'sub' as const, filter, attributes: objectAttributes, controls };
  const { entries } = await channel.search(search).catch((error: unknown) => {
    throw isRefusal(error, cookie) ? cookieRefused(channel.url, error) : error;
  });
  const { answered, more } = control;
  if (!answered) throw new DirectoryError('no-answer', `${channel.url} gave no DirSync answer; is it AD?`);
  if (more && entries.length === 0 && control.cookie.equals(cookie)) {
    throw new DirectoryError('no-answer', `${channel.url} keeps sending nothing and promising more; try another`);
  }
  return { entries, cookie: control.cookie, more };
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
