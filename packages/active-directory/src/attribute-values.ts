/** From an attribute's bytes to values of ours; what can't be understood is `null`, like what isn't there. */

export const textOf = (value: Buffer | undefined): string | null => value?.toString('utf8') ?? null;

export function integerOf(value: Buffer | undefined): number | null {
  const text = textOf(value) ?? '';
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) ? number : null;
}

/** `TRUE` or `FALSE` (RFC 4517, 3.3.3). */
export function booleanOf(value: Buffer | undefined): boolean | null {
  const text = textOf(value);
  return text === 'TRUE' ? true : text === 'FALSE' ? false : null;
}

const ticksPerMs = 10_000n;
/** From 1601, where FILETIME begins (MS-DTYP 2.3.3), to 1970. */
const epochMs = 11_644_473_600_000n;
/** Both say that an account never expires (MS-ADA1 2.1). */
const never: readonly bigint[] = [0n, 9_223_372_036_854_775_807n];

/** accountExpires in ms since 1970; `null`: never. */
export function accountExpiresMsOf(value: Buffer | undefined): number | null {
  const text = textOf(value) ?? '';
  if (!/^\d{1,19}$/.test(text)) return null;
  const ticks = BigInt(text);
  return never.includes(ticks) ? null : Number(ticks / ticksPerMs - epochMs);
}

/** The last part of a SID, which tells the account within its domain (MS-DTYP 2.4.2.2). */
export function ridOf(value: Buffer | undefined): number | null {
  const parts = value?.[1] ?? 0;
  if (value === undefined || parts === 0 || value.length !== 8 + 4 * parts) return null;
  return value.readUInt32LE(value.length - 4);
}
