/** objectGUID between its 16 bytes and its text (MS-DTYP 2.3.4: the first three fields are little-endian). */

/** Where each byte of the text stands in the binary form. */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** `6f9619ff-8b86-d011-b42d-00c04fc964ff` of 16 bytes; `null` of any other number. */
export function guidText(bytes: Uint8Array): string | null {
  if (bytes.length !== 16) return null;
  const hex = order.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
