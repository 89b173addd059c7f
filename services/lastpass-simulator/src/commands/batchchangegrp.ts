/** batchchangegrp: moves many users between groups; entries it can't apply are listed, the others are applied. */
import { z } from 'zod';
import type { Change, CommandContext, Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import { address, readData, tooLarge } from './entries.ts';
import { moveBetweenGroups } from './group-moves.ts';

const names = z
  .array(z.string().min(1))
  .nullish()
  .transform((list) => list ?? []);
const entry = z.object({ username: address, add: names, del: names });

export function batchchangegrp(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  const read = readData(z.array(entry), data);
  if ('refusal' in read) return read.refusal;
  const refusal = tooLarge(read.data, context);
  if (refusal) return refusal;
  const errors: string[] = [];
  const changes: Change[] = [];
  for (const one of read.data) {
    const user = tenant.find(one.username);
    const error = context.poisoned.get(one.username);
    if (error !== undefined) errors.push(`${one.username}: ${error}`);
    else if (user === undefined) errors.push(`${one.username} does not exist`);
    else changes.push(...moveBetweenGroups(tenant, user, one));
  }
  return { answer: errors.length > 0 ? { kind: 'partly', errors } : { kind: 'done' }, changes };
}
