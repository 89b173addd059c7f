/** Objects of the generated directory as entries of LDAP: as a search gives them, and as DirSync tells what is new of them. */
import { rdnValue } from '@connector/shared/dn.ts';
import type { Entry } from '../ldap/messages.ts';
import type { GeneratedDirectory, StoredAttribute, StoredObject, Value } from './directory.ts';
import { guidOf, guidTextOf, sidOf, sidTextOf } from './identity.ts';

/** What a search wants of each object. */
export interface Wanted {
  /** In lower case; `null`: whatever there is. */
  readonly attributes: ReadonlySet<string> | null;
  /** DNs come with GUID and SID before them (MS-ADTS 3.1.1.3.4.1.5). */
  readonly extended: boolean;
}

const whenCreated = '20200101000000.0Z';

export const isWanted = ({ attributes }: Wanted, name: string): boolean =>
  attributes === null || attributes.has(name.toLowerCase());

/** What search answers are written in: bytes. */
const bytesOf = (values: readonly Value[]): Buffer[] => values.map((value) => Buffer.from(value as string));

function dnText(directory: GeneratedDirectory, number: number, { extended }: Wanted): string {
  const dn = directory.dnOf(number);
  if (!extended) return dn;
  const rid = directory.ridOf(number);
  const sid = rid === null ? '' : `<SID=${sidTextOf(rid)}>;`;
  return `<GUID=${guidTextOf(number)}>;${sid}${dn}`;
}

/** What tells what the object is and where, with the USN that it was written at. */
function* ownAttributes({ number, rid, createdUsn, placedUsn, ...object }: StoredObject): Generator<StoredAttribute> {
  yield { name: 'objectClass', values: object.objectClass, usn: createdUsn };
  yield { name: 'objectGUID', values: [guidOf(number)], usn: createdUsn };
  if (rid !== null) yield { name: 'objectSid', values: [sidOf(rid)], usn: createdUsn };
  yield { name: 'name', values: [rdnValue(object.rdn)], usn: placedUsn };
  if (object.above !== null) yield { name: 'parentGUID', values: [guidOf(object.above)], usn: placedUsn };
  yield { name: 'whenCreated', values: [whenCreated], usn: createdUsn };
  if (object.isDeleted) yield { name: 'isDeleted', values: ['TRUE'], usn: object.changedUsn };
}

/** The object as a search gives it. */
export function entryOf(directory: GeneratedDirectory, object: StoredObject, wanted: Wanted): Entry {
  const { number, changedUsn } = object;
  const stored = [...ownAttributes(object), ...object.attributes].filter(
    ({ name, values }) => values.length > 0 && isWanted(wanted, name),
  );
  const attributes: [string, Buffer[]][] = stored.map(({ name, values }) => [name, bytesOf(values)]);
  if (isWanted(wanted, 'uSNChanged')) attributes.push(['uSNChanged', [Buffer.from(String(changedUsn))]]);
  if (isWanted(wanted, 'memberOf'))
    attributes.push(...links('memberOf', directory.groupsOf(number), directory, wanted));
  for (const [type, members] of memberRanges(directory, number, wanted))
    attributes.push(...links(type, members, directory, wanted));
  return { dn: dnText(directory, number, wanted), attributes };
}

/** A group's members, or those from a place on that are asked for by it, such as `member;range=1500-*`. */
function memberRanges(directory: GeneratedDirectory, number: number, wanted: Wanted): [string, number[]][] {
  const ranges = [...(wanted.attributes ?? [])].flatMap((name) => /^member;range=(\d+)-\*$/.exec(name)?.[1] ?? []);
  if (ranges.length === 0 && !isWanted(wanted, 'member')) return [];
  const members = directory.membersOf(number).flatMap((member) => (member.isPresent ? member.number : []));
  if (ranges.length === 0) return [['member', members]];
  return ranges.map((from) => [`member;range=${from}-*`, members.slice(Number(from))]);
}

function links(
  type: string,
  numbers: readonly number[],
  directory: GeneratedDirectory,
  wanted: Wanted,
): [string, Buffer[]][] {
  if (numbers.length === 0) return [];
  return [[type, numbers.map((number) => Buffer.from(dnText(directory, number, wanted)))]];
}

/** What DirSync tells of an object: what was written after a USN, links singly (MS-ADTS 3.1.1.3.4.1.3). */
export function newsEntryOf(
  directory: GeneratedDirectory,
  object: StoredObject,
  { since, wanted }: { since: number; wanted: Wanted },
): Entry {
  const { number, createdUsn } = object;
  const isNew = createdUsn > since;
  const told = [...ownAttributes(object), ...object.attributes].filter(
    ({ name, values, usn }) =>
      name === 'objectGUID' || (usn > since && isWanted(wanted, name) && !(isNew && values.length === 0)),
  );
  const attributes: [string, Buffer[]][] = told.map(({ name, values }) => [name, bytesOf(values)]);
  if (!object.isDeleted && isWanted(wanted, 'member')) {
    const members = directory.membersOf(number).filter(({ usn }) => usn > since);
    const having = (isPresent: boolean) =>
      members.flatMap((member) => (member.isPresent === isPresent ? member.number : []));
    attributes.push(...links('member;range=1-1', having(true), directory, wanted));
    if (!isNew) attributes.push(...links('member;range=0-0', having(false), directory, wanted));
  }
  return { dn: dnText(directory, number, wanted), attributes };
}
