/**
 * The audit trail: who changed what, from what to what. An entry is written in the transaction that makes the change, so that there is neither
 * without the other; soon afterwards it is sealed (`seal-audit.ts` in packages/sync): numbered, and bound to the one before it by SHA-256.
 */
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Keys } from './keys.ts';

/** What an entry is about. */
export const auditSubjects = [
  'person',
  'group',
  'token',
  'session',
  'policy',
  'deliveries',
  'debug-log',
  'queues',
  'support-bundle',
] as const;

export const auditEntry = z.strictObject({
  /** Tells two alike apart: a transaction whose answer was lost may be sent again, and adds the same entry twice. */
  id: z.string(),
  /** ms since 1970. */
  atMs: z.number(),
  /** Who did it. */
  by: z.string(),
  /** What they did, in a word of the field: `released`, `signed in`, … */
  did: z.string(),
  of: z.strictObject({
    kind: z.enum(auditSubjects),
    /** Person key, key of a group, name of a token, …; empty where there is only one. */
    id: z.string(),
    /** How people know it. */
    name: z.string(),
  }),
  /** As it was before; `null` where it is new. */
  was: z.json(),
  /** As it is afterwards; `null` where it is gone. */
  is: z.json(),
  /** The change in the directory that led to it (`changeId`); `null` where somebody's word did. */
  source: z.string().nullable(),
  /** What LastPass answered; missing where it wasn't asked. */
  answer: z
    .strictObject({
      /** The command of its API. */
      command: z.string(),
      /** Its words, or what else is known, where it didn't just do it; `null`: it did. */
      said: z.string().nullable(),
      /** From sending the call to its end, ms; `null` where whoever sent it was gone by then. */
      tookMs: z.number().int().min(0).nullable(),
    })
    .optional(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** An entry that isn't written yet. */
export type NewAuditEntry = Omit<AuditEntry, 'id'>;

/** A sealed entry's place in the chain. */
export const auditHead = z.strictObject({
  /** Of the first it is 1. */
  sequence: z.number().int(),
  /** Binds all entries up to it, as hex. */
  hash: z.string(),
});
export type AuditHead = z.infer<typeof auditHead>;

/** Before the first entry. */
export const auditBeginning: AuditHead = { sequence: 0, hash: '0'.repeat(64) };

/** The write that adds an entry to the trail. */
export const auditWrite = ({ auditUnsealed }: Pick<Keys, 'auditUnsealed'>, entry: NewAuditEntry): string[] => [
  'XADD',
  auditUnsealed,
  '*',
  'entry',
  JSON.stringify(withId(entry)),
];

/** The writes that add entries to the trail together: one, or none, however many there are. Sealing makes single ones of them. */
export const auditWrites = (
  { auditUnsealed }: Pick<Keys, 'auditUnsealed'>,
  entries: readonly NewAuditEntry[],
): string[][] =>
  entries.length === 0 ? [] : [['XADD', auditUnsealed, '*', 'entries', JSON.stringify(entries.map(withId))]];

const withId = (entry: NewAuditEntry): AuditEntry => ({ id: randomUUID(), ...entry });

/** What an entry's text makes of the hash before it. */
export const hashAfter = (before: string, sequence: number, entry: string): string =>
  createHash('sha256').update(`${before}\n${sequence}\n${entry}`).digest('hex');
