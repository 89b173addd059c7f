/** How far a directory has been read (the watcher's cursor), how far that is applied (the mirror's state), and the log between. */
import { z } from 'zod';
import { directoryChange, guid } from './directory-change.ts';

/** What one directory's bases are, by objectGUID: renaming a base moves nobody out of scope. */
export const resolvedBases = z.strictObject({
  /** Of the configured DNs; see `basesVersion`. */
  version: z.string(),
  users: z.array(guid),
  groups: z.array(guid),
  /** Those that the directory doesn't have, or doesn't show: nobody leaves for want of one. */
  missing: z.array(z.strictObject({ key: z.enum(['userBases', 'groupBases']), dn: z.string() })).default([]),
});
export type ResolvedBases = z.infer<typeof resolvedBases>;

/**
 * An entry of the change log, in the order in which the directory was read:
 * `changes` since the cookie; and for a full read `begin`, its `page`s, `listed` when all were read, and `end` when whatever
 * the new generation lacked was looked up.
 */
export const logEntry = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('changes'),
    changes: z.array(directoryChange),
    /** Nothing more was to be read then. */ caughtUp: z.boolean(),
    /** When they were read, ms since 1970. */
    readAtMs: z.number().optional(),
  }),
  z.strictObject({
    type: z.literal('begin'),
    generation: z.number().int(),
    bases: resolvedBases,
    /** Changes were missed: what is known of the directory stays as it is until this read is complete. */
    gap: z.boolean(),
    /** Another domain controller is read than before, or one that was put back: it may know less. */
    elsewhere: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('page'), generation: z.number().int(), changes: z.array(directoryChange) }),
  z.strictObject({ type: z.literal('listed'), generation: z.number().int() }),
  z.strictObject({ type: z.literal('looked-up'), changes: z.array(directoryChange) }),
  z.strictObject({ type: z.literal('end'), generation: z.number().int() }),
]);
export type LogEntry = z.infer<typeof logEntry>;

/** The watcher's place in the directory. Stored by the same script that appends what was read up to there. */
export const cursor = z.strictObject({
  /** Of the newest log entry. */
  sequence: z.number().int(),
  /** DirSync's cookie, base64; `null` until the first full read has begun. */
  cookie: z.string().nullable(),
  /** The last answer ended with nothing more to read. */
  caughtUp: z.boolean(),
  /** Of the domain controller that was read: a cookie and USNs mean something there only. */
  invocationId: z.string().nullable(),
  dnsHostName: z.string().nullable(),
  /** The address it was read at: tried first, as no other one is a place to go on from. */
  url: z.string().nullable().default(null),
  /** highestCommittedUSN at the last read, decimal: one that went back tells of a restored snapshot. */
  usn: z.string(),
  /** Newest generation that a full read was begun for. */
  generation: z.number().int(),
  /** Newest generation whose full read is complete. */
  completed: z.number().int(),
  /** When it was, ms since 1970. */
  completedAtMs: z.number(),
  /** The bases it was read under; see `readUnder`. */
  basesVersion: z.string(),
  /** Id of the newest request for a full read that the completed one has answered. */
  answered: z.string().nullable(),
  /** Id of the newest request to read what changed that was answered. */
  answeredChanges: z.string().nullable().default(null),
});
export type Cursor = z.infer<typeof cursor>;

export const firstCursor: Cursor = {
  sequence: 0,
  cookie: null,
  caughtUp: false,
  invocationId: null,
  dnsHostName: null,
  url: null,
  usn: '0',
  generation: 0,
  completed: 0,
  completedAtMs: 0,
  basesVersion: '',
  answered: null,
  answeredChanges: null,
};

const generation = z.strictObject({ generation: z.number().int(), bases: resolvedBases });

/** How far the log is applied. Its sequence is the applier's fence: whoever comes too late finds it moved on. */
export const mirrorState = z.strictObject({
  /** Of the newest log entry applied. */
  sequence: z.number().int(),
  /** The generation that plans are made from. */
  current: generation.nullable(),
  /** The one that a full read is building. */
  building: generation.nullable(),
  /** Pages of the building generation are complete; what it lacks is being looked up. */
  listed: z.boolean(),
  /** Changes were missed, so the current generation isn't changed any more. */
  gap: z.boolean(),
  /** What is being read comes from another domain controller than what is in use, or from one that was put back. */
  elsewhere: z.boolean().default(false),
});
export type MirrorState = z.infer<typeof mirrorState>;

export const firstMirrorState: MirrorState = {
  sequence: 0,
  current: null,
  building: null,
  listed: false,
  gap: false,
  elsewhere: false,
};
