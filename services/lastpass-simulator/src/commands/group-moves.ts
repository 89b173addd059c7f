/** Moving one user between groups, as batchadd and batchchangegrp do. */
import type { Change } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';

/** Leaves, then joins; the changes that this made. */
export function moveBetweenGroups(
  tenant: Tenant,
  user: User,
  { add, del }: { add: string[]; del: string[] },
): Change[] {
  const left = del.flatMap((name) => tenant.leave(user, name) ?? []);
  const joined = add.flatMap((name) => tenant.join(user, name) ?? []);
  const changes: Change[] = [];
  if (left.length > 0) changes.push({ username: user.username, step: 'leave-groups', groups: left });
  if (joined.length > 0) changes.push({ username: user.username, step: 'join-groups', groups: joined });
  return changes;
}
