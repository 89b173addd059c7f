/**
 * Distinguished names as text (RFC 4514): taking them apart, and telling whether two mean the same object.
 *
 * Servers write one name in several ways (Samba `\3B` where Windows writes `\;`), so names are compared parsed or
 * normalised, never as they stand.
 */

/** A text that isn't a distinguished name. */
export class DnSyntaxError extends Error {
  override readonly name = 'DnSyntaxError';
  readonly code = 'DN_SYNTAX';
  constructor(dn: string, problem: string) {
    super(`${JSON.stringify(dn)} is no distinguished name: ${problem}; write one such as OU=People,DC=example,DC=com`);
  }
}

/** One `type=value` of an RDN. */
export interface NamingAttribute {
  readonly type: string;
  /** Unescaped. */
  readonly value: string;
  /** The value is the BER encoding in hexadecimal that stands in the text as `#04024869`, kept as it is (RFC 4514, 2.4). */
  readonly encoded: boolean;
}

/** A relative distinguished name: the part of a DN that names an object among its siblings. */
export interface Rdn {
  /** As it was written. */
  readonly text: string;
  /** One, except for the rare multi-valued name `CN=a+UID=b`. */
  readonly attributes: readonly NamingAttribute[];
}

/** Cuts at a separator that isn't escaped. */
function cut(text: string, separator: ',' | '+'): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** Leading and trailing spaces mean nothing, unless escaped. */
function trimmed(text: string): string {
  const start = text.replace(/^[ \r\n]+/, '');
  return /^((?:\\[\s\S]|[^\\])*?)[ \r\n]*$/.exec(start)?.[1] ?? start;
}

/** Undoes `\,` and `\C3\A4`: hexadecimal pairs are bytes of UTF-8 (RFC 4514, 3). */
function unescaped(text: string, dn: string): string {
  return text.replace(/(?:\\[0-9a-f]{2})+|\\([\s\S]?)/gi, (written, character: string | undefined) => {
    if (character === undefined) return Buffer.from(written.replaceAll('\\', ''), 'hex').toString('utf8');
    if (character === '') throw new DnSyntaxError(dn, 'it ends with a backslash');
    return character;
  });
}

function namingAttribute(text: string, dn: string): NamingAttribute {
  const equals = text.indexOf('=');
  const type = text.slice(0, equals).trim();
  if (equals < 1 || !/^(?:[a-z][\w-]*|\d+(?:\.\d+)*)$/i.test(type)) {
    throw new DnSyntaxError(dn, `${JSON.stringify(text.trim())} isn't of the form type=value`);
  }
  const value = trimmed(text.slice(equals + 1));
  const encoded = /^#(?:[0-9a-f]{2})+$/i.test(value);
  return { type, value: encoded ? value : unescaped(value, dn), encoded };
}

/**
 * Takes a DN apart, the object's own RDN first; the empty DN has none.
 * @throws DnSyntaxError
 */
export function parseDn(dn: string): Rdn[] {
  if (dn.trim() === '') return [];
  return cut(dn, ',').map((text) => ({
    text: trimmed(text),
    attributes: cut(text, '+').map((attribute) => namingAttribute(attribute, dn)),
  }));
}

/** Whether a text is a DN of more than one part: what could also be a mere name, such as `CN=x`, isn't. */
export function isDn(text: string): boolean {
  try {
    return parseDn(text).length > 1;
  } catch (error) {
    if (error instanceof DnSyntaxError) return false;
    throw error;
  }
}

/** The first RDN as it is written: `OU=Sales\, North` of `OU=Sales\, North,DC=example,DC=com`; empty for the empty DN. */
export const rdnOf = (dn: string): string => trimmed(cut(dn, ',')[0] ?? '');

/** The DN of the object above, as it is written; empty where there is none. */
export const parentDn = (dn: string): string => dn.slice((cut(dn, ',')[0] ?? '').length + 1).trimStart();

/**
 * The name in an RDN, unescaped: `Sales, North` of `OU=Sales\, North`. Of a multi-valued one, the first.
 * @throws DnSyntaxError
 */
export const rdnValue = (rdn: string): string => parseDn(rdn)[0]?.attributes[0]?.value ?? '';

/**
 * Writes a value so that it can stand in an RDN (RFC 4514, 2.4). Control characters become hexadecimal pairs, as in the
 * names of deleted and conflicting objects.
 */
export function escapeRdnValue(value: string): string {
  return value
    .replace(/[,+"\\<>;=]/g, '\\$&')
    .replace(/\p{Cc}/gu, (control) => Buffer.from(control).toString('hex').toUpperCase().replace(/../g, '\\$&'))
    .replace(/(?<=[\s\S]) $/, '\\ ')
    .replace(/^[ #]/, '\\$&');
}

const normalisedAttribute = ({ type, value, encoded }: NamingAttribute): string =>
  `${type.toLowerCase()}=${encoded ? value.toLowerCase() : escapeRdnValue(value.toLowerCase())}`;

const normalisedRdn = ({ attributes }: Rdn): string => attributes.map(normalisedAttribute).sort().join('+');

/**
 * A form that is the same for every way to write one DN: lower case (as AD compares), one way to escape, no spaces
 * around.
 * @throws DnSyntaxError
 */
export const normaliseDn = (dn: string): string => parseDn(dn).map(normalisedRdn).join(',');

/**
 * The same for a DN in which `*` stands for anything: for whole parts as in `*,OU=Staff,DC=example,DC=com`, or within one.
 * @throws DnSyntaxError
 */
export const normaliseDnPattern = (pattern: string): string =>
  cut(pattern, ',')
    .map((part) => (part.trim() === '*' ? '*' : normaliseDn(part)))
    .join(',');

/**
 * Whether an object is the base itself or anywhere below it.
 * @throws DnSyntaxError
 */
export function isUnder(dn: string, base: string): boolean {
  const names = parseDn(dn).map(normalisedRdn);
  const above = parseDn(base).map(normalisedRdn);
  return above.length <= names.length && names.slice(names.length - above.length).join(',') === above.join(',');
}
