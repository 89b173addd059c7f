/** What LastPass keeps in place of a master password, and what a client makes of one before it sends it. */
import { createHash, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

/** LastPass's own number for new accounts. */
export const ROUNDS = 600_000;

const KEY_BYTES = 32;

const derive = promisify(pbkdf2);

/** PBKDF2-HMAC-SHA256 with the username, in lower case, as salt; as base64. It takes some tenths of a second, beside all else. */
export async function masterKeyOf({ username, password }: { username: string; password: string }): Promise<string> {
  return (await derive(password, username.toLowerCase(), ROUNDS, KEY_BYTES, 'sha256')).toString('base64');
}

const withPassword = z.looseObject({ username: z.string(), password: z.string() });

/** The master keys of a batchadd's entries with a password, by username; other entries are for the command to judge. */
export async function masterKeysIn(data: unknown): Promise<ReadonlyMap<string, string>> {
  const entries = (Array.isArray(data) ? data : []).flatMap((entry: unknown) => {
    const { data: one } = withPassword.safeParse(entry);
    return one === undefined ? [] : { username: one.username.trim().toLowerCase(), password: one.password };
  });
  return new Map(await Promise.all(entries.map(async (one) => [one.username, await masterKeyOf(one)] as const)));
}

/** base64(SHA-256(K1 XOR K2)), as public clients have it; null where the two aren't of one length. */
export function hiddenMasterPassword(k1: string, k2: string): string | null {
  const [ours, theirs] = [Buffer.from(k1, 'base64'), Buffer.from(k2, 'base64')];
  if (ours.length !== theirs.length) return null;
  return sha256(ours.map((byte, at) => byte ^ (theirs[at] ?? 0)));
}

/** base64(SHA-256(K1)). */
export const fragmentIdOf = (k1: string): string => sha256(Buffer.from(k1, 'base64'));

/** Whether two texts are the same, in a time that doesn't tell where they differ. */
export const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
