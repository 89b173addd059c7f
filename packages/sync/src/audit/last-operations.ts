/** Which entries of the audit trail are the last ones about a person, so that their story needn't be looked for in all of it. */
import { auditEntry } from '@connector/shared/audit.ts';
import type { PersonKey } from '@connector/shared/keys.ts';
import type { State } from '@connector/shared/state.ts';
import { parseStored } from '@connector/shared/store.ts';
import { manyValues } from '@connector/shared/transaction.ts';
import { z } from 'zod';
import type { SealedText } from './audit-ends.ts';

/** So many are kept of each person. */
const kept = 10;

const sequences = z.array(z.number().int());

/** Whom an entry is about; `null`: no person. */
function personOf({ text }: SealedText): PersonKey | null {
  try {
    const { kind, id } = auditEntry.parse(JSON.parse(text)).of;
    return kind === 'person' ? id : null;
  } catch {
    return null; // nobody of us has written it: it is sealed as it is, and whoever reads it is told
  }
}

/** The writes that note newly sealed entries with the people whom they are about. */
export async function operationWrites({ redis, keys }: State, sealed: readonly SealedText[]): Promise<string[][]> {
  const ofPeople = new Map<PersonKey, number[]>();
  for (const entry of sealed) {
    const person = personOf(entry);
    if (person !== null) ofPeople.set(person, [...(ofPeople.get(person) ?? []), entry.sequence]);
  }
  const people = [...ofPeople.keys()];
  if (people.length === 0) return [];
  const before = await redis.hmget(keys.lastOperations, ...people);
  const noted = people.flatMap((person, index) => {
    const known = parseStored(sequences, keys.lastOperations, before[index] ?? null).value ?? [];
    return [person, JSON.stringify([...known, ...(ofPeople.get(person) ?? [])].slice(-kept))];
  });
  return manyValues(['HSET', keys.lastOperations], noted, { perValue: 2 });
}

/** Sequences of the last entries about somebody, oldest first; some may be trimmed by now. @throws UnreadableState */
export async function readLastOperations({ redis, keys }: State, person: PersonKey): Promise<readonly number[]> {
  return parseStored(sequences, keys.lastOperations, await redis.hget(keys.lastOperations, person)).value ?? [];
}
