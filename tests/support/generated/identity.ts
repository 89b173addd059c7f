/** What tells an object of the generated directory from all others, by its number: objectGUID and objectSid. */
import { guidText } from '@connector/active-directory/guid.ts';

/** How many bytes at the end of a GUID are the object's number. */
const numberBytes = 6;
/** The rest of it, with the version and the variant of a random one (RFC 9562). */
const guidHead = Buffer.from('c0ffee000000004080' + '00', 'hex');

/** The 16 bytes of objectGUID. */
export function guidOf(number: number): Buffer {
  const guid = Buffer.alloc(guidHead.length + numberBytes);
  guidHead.copy(guid);
  guid.writeUIntBE(number, guidHead.length, numberBytes);
  return guid;
}

/** objectGUID as text. */
export const guidTextOf = (number: number): string => guidText(guidOf(number)) ?? '';

/** The number in a GUID's text; `null` when it is none of ours. */
export function numberOfGuid(text: string): number | null {
  const number = Number.parseInt(text.slice(-2 * numberBytes), 16);
  return Number.isSafeInteger(number) && guidTextOf(number) === text.toLowerCase() ? number : null;
}

/** S-1-5-21 and three numbers of the domain's own. */
const domainSid = [21, 1_004_336_348, 1_177_238_915, 682_003_330] as const;

/** The bytes of objectSid (MS-DTYP 2.4.2.2). */
export function sidOf(rid: number): Buffer {
  const parts = [...domainSid, rid];
  const sid = Buffer.alloc(8 + 4 * parts.length);
  sid.set([1, parts.length, 0, 0, 0, 0, 0, 5]);
  for (const [index, part] of parts.entries()) sid.writeUInt32LE(part, 8 + 4 * index);
  return sid;
}

export const sidTextOf = (rid: number): string => ['S-1-5', ...domainSid, rid].join('-');
