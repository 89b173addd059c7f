/**
 * Sessions of a browser: a cookie with 256 random bits, of which Redis has SHA-256 only. A session ends by itself, when its owner signs out, and
 * when whatever it was opened with opens nothing any more.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AuditEntry, auditWrite } from '@connector/shared/audit.ts';
import type { Keys } from '@connector/shared/keys.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';
import { z } from 'zod';
import { type Asker, proofOf, type Role, roles, type TokenProof } from './access-tokens.ts';
import type { Member } from './directory-sign-in.ts';

const proof = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password'), directory: z.string(), guid: z.string() }),
  z.strictObject({
    kind: z.literal('token'),
    id: z.string().nullable(),
    /** What the token comes to, bound to the session's secret: from what Redis has, a token that a person has made up can't be guessed. */
    bound: z.string(),
  }),
]);
/** What a session was opened with. */
export type Proof = z.infer<typeof proof>;

const stored = z.strictObject({
  name: z.string(),
  role: z.enum(roles),
  proof,
  /** When it ends at the latest, ms since 1970. */
  endsAtMs: z.number(),
  /** When it was used last, to the minute, ms since 1970. */
  usedAtMs: z.number(),
  /** When what it was opened with was looked at last, ms since 1970. */
  checkedAtMs: z.number(),
});
type Stored = z.infer<typeof stored>;

/** A session that is open. */
export interface OpenSession {
  readonly who: Asker;
  /** Sent along with whatever changes something, which another site's page can't know. */
  readonly csrfToken: string;
  readonly endsAtMs: number;
}

/** Nobody works longer without signing in again, ms. */
const longestMs = 10 * 3_600_000;
/** A session that isn't used for so long is over, ms. */
const idleMs = 3_600_000;
/** Uses within so long of each other are noted once, ms. */
const noteEveryMs = 60_000;
/** So often AD is asked whether its owner is still in the group, ms. */
const askEveryMs = 5 * 60_000;
/** And so soon again when it couldn't be asked, ms. */
const askAgainMs = 30_000;
/** No request waits longer for it, ms: the session goes on, and the next one has the answer. */
const answerWithinMs = 5_000;

export interface SessionsOptions {
  readonly store: Store;
  /** Whose a token is by now; `null`: nobody's. */
  readonly holderOf: (proof: TokenProof) => Promise<Asker | null>;
  /** What a member may do by now; `null`: nothing. Throws when that can't be told now. */
  readonly roleOf: (proof: Extract<Proof, { kind: 'password' }>) => Promise<Role | null>;
  /** Told when that can't be told: the session goes on. */
  readonly onUnknown: (error: Error) => void;
}

const newSecret = (): string => randomBytes(32).toString('base64url');
/** What Redis knows a session by. @param secret the session's */
export const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
/** From the session's secret, which the browser's scripts can't read, to one that they can; not the other way round. */
const csrfOf = (secret: string): string => createHash('sha256').update(`csrf ${secret}`).digest('base64url');

/** Whether a text is the token that belongs to a session, in a time that doesn't tell how much of it was right. */
export const isCsrfToken = ({ csrfToken }: OpenSession, text: unknown): boolean =>
  typeof text === 'string' &&
  timingSafeEqual(createHash('sha256').update(text).digest(), createHash('sha256').update(csrfToken).digest());

const ownerOf = (opened: Proof): string =>
  opened.kind === 'password' ? `${opened.directory}/${opened.guid}` : `token/${opened.id ?? 'console.token'}`;
const bound = (secret: string, digest: Buffer): Buffer => createHmac('sha256', secret).update(digest).digest();

/** What the audit trail tells of sessions. */
const noted = (
  keys: Keys,
  { of: id, name, ...told }: Pick<AuditEntry, 'by' | 'did' | 'was' | 'is'> & { of: string; name: string },
): string[] => auditWrite(keys, { ...told, of: { kind: 'session', id, name }, atMs: Date.now(), source: null });

export class Sessions {
  readonly #options: SessionsOptions;
  /** By the owner: what AD is just being asked. */
  readonly #asking = new Map<string, { readonly answer: Promise<Role | null>; readonly sinceMs: number }>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Opens a session for somebody who has given their password. */
  async beginFor({ directory, guid, name, role }: Member): Promise<{ secret: string; session: OpenSession }> {
    return this.#begin({ name, role }, newSecret(), { kind: 'password', directory, guid });
  }

  /** Opens a session for whoever has a token. @returns its secret, for the cookie */
  async beginWith(token: string, who: Asker): Promise<{ secret: string; session: OpenSession }> {
    const { id, digest } = proofOf(token);
    const secret = newSecret();
    return this.#begin(who, secret, { kind: 'token', id, bound: bound(secret, digest).toString('hex') });
  }

  async #begin(who: Asker, secret: string, opened: Proof): Promise<{ secret: string; session: OpenSession }> {
    const { store } = this.#options;
    const { keys } = store;
    const nowMs = Date.now();
    const endsAtMs = nowMs + longestMs;
    const value: Stored = { ...who, proof: opened, endsAtMs, usedAtMs: nowMs, checkedAtMs: nowMs };
    const digest = digestOf(secret);
    const all = keys.sessionsOf(ownerOf(opened));
    await store.commit({
      guards: [],
      writes: [
        ['SET', keys.session(digest), JSON.stringify(value), 'PX', String(idleMs)],
        ['SADD', all, digest],
        ['PEXPIRE', all, String(longestMs)],
        noted(keys, {
          by: who.name,
          did: 'signed in',
          of: ownerOf(opened),
          name: who.name,
          was: null,
          is: { role: who.role },
        }),
      ],
    });
    return { secret, session: { who, csrfToken: csrfOf(secret), endsAtMs } };
  }

  /**
   * The open session with a secret; `null`: there is none.
   * @param isUse whether it counts as used by that
   * @throws what Redis throws
   */
  async find(secret: string, { isUse = true }: { isUse?: boolean } = {}): Promise<OpenSession | null> {
    const { store } = this.#options;
    const key = store.keys.session(digestOf(secret));
    const raw = await store.redis.get(key);
    const { value } = parseStored(stored, key, raw);
    const nowMs = Date.now();
    if (value === null || raw === null || value.endsAtMs <= nowMs) return null;
    const { who, checkedAtMs } = await this.#whoBy(value, { secret, nowMs });
    if (who === null) {
      await this.end(secret, 'the console'); // what it was opened with opens nothing any more
      return null;
    }
    const isNoted = isUse && nowMs - value.usedAtMs >= noteEveryMs;
    if (checkedAtMs !== value.checkedAtMs || isNoted) {
      const next: Stored = { ...value, ...who, usedAtMs: isUse ? nowMs : value.usedAtMs, checkedAtMs };
      const leftMs = Math.min(idleMs, value.endsAtMs - nowMs);
      const changed = { by: 'the console', did: 'changed', of: ownerOf(value.proof), name: who.name };
      await store.commit({
        guards: [{ command: ['GET', key], is: raw }], // one that was ended meanwhile stays so
        writes: [
          ['SET', key, JSON.stringify(next), ...(isUse ? ['PX', String(leftMs)] : ['KEEPTTL'])],
          ...(who.role === value.role
            ? []
            : [noted(store.keys, { ...changed, was: { role: value.role }, is: { role: who.role } })]),
        ],
      });
    }
    return { who, csrfToken: csrfOf(secret), endsAtMs: value.endsAtMs };
  }

  /** Ends a session. @param by who ends it; its owner, where that isn't said */
  async end(secret: string, by?: string): Promise<void> {
    const { store } = this.#options;
    const { redis, keys } = store;
    const digest = digestOf(secret);
    const key = keys.session(digest);
    for (;;) {
      const raw = await redis.get(key);
      const { value } = parseStored(stored, key, raw);
      if (value === null) return;
      const { name, role, proof: opened } = value;
      const owner = ownerOf(opened);
      const { committed } = await store.commit({
        guards: [{ command: ['GET', key], is: raw }], // a request may just have noted that it is used
        writes: [
          ['DEL', key],
          ['SREM', keys.sessionsOf(owner), digest],
          noted(keys, { by: by ?? name, did: 'signed out', of: owner, name, was: { role }, is: null }),
        ],
      });
      if (committed) return store.makeDurable();
    }
  }

  /** Ends every session of whoever has this one. @returns how many there were */
  async endAllOf(secret: string): Promise<number> {
    const { store } = this.#options;
    const { redis, keys } = store;
    const key = keys.session(digestOf(secret));
    const { value } = parseStored(stored, key, await redis.get(key));
    if (value === null) return 0;
    const owner = ownerOf(value.proof);
    const all = keys.sessionsOf(owner);
    const digests = await redis.smembers(all);
    const open = digests.length === 0 ? 0 : await redis.exists(...digests.map((digest) => keys.session(digest)));
    const { name, role } = value;
    await store.commit({
      guards: [],
      writes: [
        ...digests.flatMap((digest) => [
          ['DEL', keys.session(digest)],
          ['SREM', all, digest], // not all at once: one may be opened just now
        ]),
        noted(keys, {
          ...{ by: name, did: 'signed out everywhere', of: owner, name },
          ...{ was: { role, sessions: open }, is: null },
        }),
      ],
    });
    await store.makeDurable();
    return open;
  }

  /** Whose session it is by now, `null`: what it was opened with opens nothing any more; and when that was looked at. */
  async #whoBy(
    { name, role, proof: opened, checkedAtMs }: Stored,
    { secret, nowMs }: { secret: string; nowMs: number },
  ): Promise<{ readonly who: Asker | null; readonly checkedAtMs: number }> {
    if (opened.kind === 'token') {
      const kept = Buffer.from(opened.bound, 'hex');
      const matches = (digest: Buffer) => timingSafeEqual(bound(secret, digest), kept);
      return { who: await this.#options.holderOf({ id: opened.id, matches }), checkedAtMs };
    }
    if (nowMs - checkedAtMs < askEveryMs) return { who: { name, role }, checkedAtMs };
    try {
      const now = await this.#roleOf(opened, nowMs);
      return { who: now === null ? null : { name, role: now }, checkedAtMs: nowMs };
    } catch (error) {
      this.#options.onUnknown(error as Error);
      return { who: { name, role }, checkedAtMs: nowMs - askEveryMs + askAgainMs };
    }
  }

  /** Asks once for all requests that want to know. An answer that comes too late for one is there for the next. */
  async #roleOf(opened: Extract<Proof, { kind: 'password' }>, nowMs: number): Promise<Role | null> {
    const owner = ownerOf(opened);
    const known = this.#asking.get(owner);
    const asking =
      known !== undefined && nowMs - known.sinceMs < askEveryMs
        ? known
        : { answer: this.#options.roleOf(opened), sinceMs: nowMs };
    this.#asking.set(owner, asking);
    const waiting = new AbortController();
    const first = await Promise.race([
      asking.answer.then(
        (role) => ({ role }),
        (error: Error) => ({ error }),
      ),
      sleep(answerWithinMs, null, { signal: waiting.signal }).catch(() => null),
    ]);
    waiting.abort();
    if (first === null) throw new Error(`the directory doesn't answer within ${answerWithinMs / 1_000} s`);
    this.#asking.delete(owner);
    if ('error' in first) throw first.error;
    return first.role;
  }
}
