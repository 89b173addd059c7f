/** What a security descriptor grants to somebody (MS-DTYP 2.4.6; MS-ADTS 5.1.3.3). Pure. */

/** Rights as bits of a mask (MS-ADTS 5.1.3.2). */
export const right = { readProperty: 0x10, controlAccess: 0x100 } as const;

export interface Asked {
  /** Who asks: their own SID and those of all groups that they are in, as bytes in hexadecimal. */
  readonly sids: ReadonlySet<string>;
  /** What it is about: an attribute's schemaIDGUID, and that of the set of properties that it is in, as bytes in hexadecimal. */
  readonly types: ReadonlySet<string>;
}

/** Of its control bits: whether there is a list at all; without one everything is granted (MS-DTYP 2.4.6). */
const listPresent = 0x4;
const inheritOnly = 0x8;
/** Kinds of entries, those for objects of one type among them (MS-DTYP 2.4.4.1). */
const kinds: Readonly<Record<number, { readonly allows: boolean; readonly isOfType: boolean }>> = {
  0: { allows: true, isOfType: false },
  1: { allows: false, isOfType: false },
  5: { allows: true, isOfType: true },
  6: { allows: false, isOfType: true },
};
const typePresent = 0x1;
const inheritedTypePresent = 0x2;
const guidBytes = 16;

/**
 * The rights that are granted, as bits; what comes first in the list counts.
 * @param descriptor with its discretionary list
 * @returns `null` where it can't be understood
 */
export function grantedRights(descriptor: Buffer, asked: Asked): number | null {
  try {
    if ((descriptor.readUInt16LE(2) & listPresent) === 0) return -1; // all bits
    const granted = { allowed: 0, denied: 0 };
    const list = descriptor.subarray(descriptor.readUInt32LE(16));
    const count = list.readUInt16LE(4);
    for (let index = 0, at = 8; index < count; index++, at += list.readUInt16LE(at + 2)) {
      const entry = list.subarray(at, at + list.readUInt16LE(at + 2));
      const allows = verdictOf(entry, asked);
      const mask = entry.readUInt32LE(4);
      if (allows === true) granted.allowed |= mask & ~granted.denied;
      if (allows === false) granted.denied |= mask & ~granted.allowed;
    }
    return granted.allowed;
  } catch (error) {
    if (error instanceof RangeError) return null; // cut short
    throw error;
  }
}

/** Whether an entry allows or denies its rights; `null`: it isn't about who asks, or what for. */
function verdictOf(entry: Buffer, { sids, types }: Asked): boolean | null {
  const kind = kinds[entry.readUInt8(0)];
  if (kind === undefined || (entry.readUInt8(1) & inheritOnly) !== 0) return null;
  if (!kind.isOfType) return sids.has(entry.toString('hex', 8)) ? kind.allows : null;
  const present = entry.readUInt32LE(8);
  const type = (present & typePresent) === 0 ? null : entry.toString('hex', 12, 12 + guidBytes);
  const sidAt = 12 + (type === null ? 0 : guidBytes) + ((present & inheritedTypePresent) === 0 ? 0 : guidBytes);
  const isMeant = (type === null || types.has(type)) && sids.has(entry.toString('hex', sidAt));
  return isMeant ? kind.allows : null;
}
