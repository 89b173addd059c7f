/**
 * Tokens for the console's API: named, with an end, and revocable one by one. Redis has only what a token's secret comes to in SHA-256: of 256
 * random bits nothing can be guessed from that.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { auditWrite } from '@connector/shared/audit.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { z } from 'zod';

/** A viewer may look; an administrator may decide and steer as well. */
export const roles = ['viewer', 'administrator'] as const;
export type Role = (typeof roles)[number];

const stored = z.strictObject({
  name: z.string(),
  role: z.enum(roles),
  /** SHA-256 of the whole token, as hex. */
  digest: z.string(),
  createdBy: z.string(),
  /** ms since 1970. */
  createdAtMs: z.number(),
  /** From then on it opens nothing, ms since 1970; `null`: never. */
  expiresAtMs: z.number().nullable(),
});

/** A token as it is remembered: not what opens anything. */
export interface AccessToken extends Omit<z.infer<typeof stored>, 'digest'> {
  readonly id: string;
}

/** Who uses a token, or signs in some other way. */
export interface Asker {
  /** For the record, and for people. */
  readonly name: string;
  readonly role: Role;
}

/** There is a token of that name. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';
  readonly code = 'NAME_TAKEN';
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `lpdc_<id>_<secret>`: by its beginning people, and programs that look for leaked secrets, see what it is. */
const tokenPattern = /^lpdc_([0-9a-f]{12})_[\w-]{43}$/;

/** Whether a text has the form of such a token, whose secret nobody guesses. */
export const isTokenOfOurs = (text: string): boolean => tokenPattern.test(text);

const isOver = ({ expiresAtMs }: { readonly expiresAtMs: number | null }, nowMs: number): boolean =>
  expiresAtMs !== null && expiresAtMs <= nowMs;

/** Every token, the oldest first; those whose time is over as well. */
export async function readTokens({ redis, keys }: Store): Promise<AccessToken[]> {
  const tokens = Object.entries(await redis.hgetall(keys.accessTokens)).flatMap(([id, raw]): AccessToken[] => {
    const { value } = parseStored(stored, keys.accessTokens, raw);
    if (value === null) return [];
    const { digest: _, ...token } = value;
    return [{ id, ...token }];
  });
  return tokens.sort((a, b) => a.createdAtMs - b.createdAtMs || a.id.localeCompare(b.id));
}

/**
 * Makes a token.
 * @returns the token, which can't be read again
 * @throws NameTaken
 */
export async function createToken(
  store: Store,
  { name, role, by, nowMs, forMs }: { name: string; role: Role; by: string; nowMs: number; forMs: number | null },
): Promise<{ readonly token: string; readonly created: AccessToken }> {
  const { keys } = store;
  const before = await store.redis.hget(keys.accessTokenNames, name);
  if (before !== null)
    throw new NameTaken(`there is a token "${name}" already: revoke it first, or choose another name`);
  const id = randomBytes(6).toString('hex');
  const token = `lpdc_${id}_${randomBytes(32).toString('base64url')}`;
  const expiresAtMs = forMs === null ? null : nowMs + forMs;
  const created = { name, role, createdBy: by, createdAtMs: nowMs, expiresAtMs };
  const { committed } = await store.commit({
    guards: [{ command: ['HGET', keys.accessTokenNames, name], is: null }],
    writes: [
      ['HSET', keys.accessTokens, id, JSON.stringify({ ...created, digest: digestOf(token).toString('hex') })],
      ['HSET', keys.accessTokenNames, name, id],
      auditWrite(keys, {
        ...{ atMs: nowMs, by, did: 'made', of: { kind: 'token', id, name }, source: null },
        ...{ was: null, is: { role, expiresAtMs } },
      }),
    ],
  });
  if (!committed) throw new NameTaken(`there is a token "${name}" already: somebody else has just made it`);
  return { token, created: { id, ...created } };
}

/** Revokes the token of a name. @returns whether there was one */
export async function revokeToken(
  store: Store,
  { name, by, atMs }: { name: string; by: string; atMs: number },
): Promise<boolean> {
  const { keys } = store;
  const id = await store.redis.hget(keys.accessTokenNames, name);
  if (id === null) return false;
  const { value } = parseStored(stored, keys.accessTokens, await store.redis.hget(keys.accessTokens, id));
  const was = value === null ? null : { role: value.role, expiresAtMs: value.expiresAtMs };
  const noted = auditWrite(keys, {
    atMs,
    by,
    did: 'revoked',
    of: { kind: 'token', id, name },
    was,
    is: null,
    source: null,
  });
  const { committed } = await store.commit({
    guards: [{ command: ['HGET', keys.accessTokenNames, name], is: id }],
    writes: [['HDEL', keys.accessTokens, id], ['HDEL', keys.accessTokenNames, name], noted],
  });
  return committed;
}

/** Tells a token from all others, without having it. */
export interface TokenProof {
  /** `null`: of the token of the configuration, or of none of ours. */
  readonly id: string | null;
  /** Whether it is the one that comes to this in SHA-256; takes a time that doesn't tell how much of it is right. */
  readonly matches: (digest: Buffer) => boolean;
}

export function proofOf(token: string): TokenProof & { readonly digest: Buffer } {
  const digest = digestOf(token);
  const matches = (known: Buffer) => timingSafeEqual(digest, known);
  return { id: tokenPattern.exec(token)?.[1] ?? null, digest, matches };
}

/**
 * Whose a token is; `null`: nobody's, or its time is over.
 * @param breakGlass the token of the configuration, which opens everything: for when nothing else does
 */
export function holderOf({ redis, keys }: Store, breakGlass: string | undefined) {
  const known = breakGlass === undefined ? null : digestOf(breakGlass);
  return async ({ id, matches }: TokenProof): Promise<Asker | null> => {
    if (known !== null && matches(known)) return { name: 'the token of console.token', role: 'administrator' };
    if (id === null) return null;
    const { value } = parseStored(stored, keys.accessTokens, await redis.hget(keys.accessTokens, id));
    if (value === null || isOver(value, Date.now())) return null;
    if (!matches(Buffer.from(value.digest, 'hex'))) return null;
    return { name: `the token "${value.name}"`, role: value.role };
  };
}
