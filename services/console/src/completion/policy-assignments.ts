/** What may be written after `connector policy set`, from the policy's own schema. */
import { policy } from '@connector/shared/policy.ts';
import { z } from 'zod';

/** Each key, such as `onDeleted` or `guard.maxLeavers`, and its values where they are fixed words. */
export function policyAssignments(): ReadonlyMap<string, readonly string[]> {
  return new Map(Object.entries(policy.shape).flatMap(([key, schema]) => keysBelow(key, schema)));
}

function keysBelow(key: string, schema: unknown): [key: string, values: readonly string[]][] {
  const inner = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  if (!(inner instanceof z.ZodObject)) return [[key, wordsOf(inner)]];
  return Object.entries(inner.shape).flatMap(([part, each]) => keysBelow(`${key}.${part}`, each));
}

/** Words that it takes, and those that one of its alternatives takes. */
function wordsOf(schema: unknown): string[] {
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(wordsOf) : [];
}
