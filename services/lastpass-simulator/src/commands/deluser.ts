/** deluser: deactivate, remove from the company, delete with the vault, or withdraw an invitation. */
import { z } from 'zod';
import { type Change, type CommandContext, failed, noSuchUser, type Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { address, readData, wholeNumber } from './entries.ts';

const DEACTIVATE = 0;
const REMOVE = 1;
const DELETE = 2;
const WITHDRAW = 3;

const request = z.object({ username: address, deleteaction: wholeNumber });

export function deluser(tenant: Tenant, data: unknown, { poisoned }: CommandContext): Outcome {
  const read = readData(request, data);
  if ('refusal' in read) return read.refusal;
  const { username, deleteaction } = read.data;
  const error = poisoned.get(username);
  if (error !== undefined) return failed(`${error}: ${username}`);
  if (deleteaction > WITHDRAW) return failed(`Invalid deleteaction: ${deleteaction}`);
  if (deleteaction === WITHDRAW) return withdraw(tenant, username);
  const user = tenant.find(username);
  return user ? done(leave(tenant, user, deleteaction)) : failed(noSuchUser(username));
}

function withdraw(tenant: Tenant, username: string): Outcome {
  return tenant.withdraw(username) ? done([{ username, step: 'withdraw' }]) : failed(noSuchUser(username));
}

function leave(tenant: Tenant, user: User, action: number): Change[] {
  const { username } = user;
  switch (action) {
    case REMOVE:
      tenant.drop(user, 'removed');
      return [{ username, step: 'remove' }];
    case DELETE:
      tenant.drop(user, 'deleted');
      return [{ username, step: 'delete' }];
    case DEACTIVATE:
      return tenant.setDisabled(user, true) ? [{ username, step: 'disable' }] : [];
    default:
      throw new Error(`deleteaction ${action} has no meaning here`);
  }
}

function done(changes: Change[]): Outcome {
  return { answer: { kind: 'done' }, changes };
}
