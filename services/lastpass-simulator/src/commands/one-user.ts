/** Commands about one user, whose data is `{"username"}`. */
import { z } from 'zod';
import { type Change, type CommandContext, failed, noSuchUser, type Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { address, readData } from './entries.ts';

const request = z.object({ username: address });

/** The username that a command is about, or why it is refused. */
export function readUsername(data: unknown, { poisoned }: CommandContext): { username: string } | { refusal: Outcome } {
  const read = readData(request, data);
  if ('refusal' in read) return read;
  const { username } = read.data;
  const error = poisoned.get(username);
  return error === undefined ? { username } : { refusal: failed(`${error}: ${username}`) };
}

type Call = {
  tenant: Tenant;
  data: unknown;
  context: CommandContext;
  /** What the command does to the user. */
  act: (user: User) => Change[];
  /** The error text for an address without an account. */
  unknown?: (username: string) => string;
};

/** Reads the data, finds the user, and acts. */
export function forOneUser({ tenant, data, context, act, unknown = noSuchUser }: Call): Outcome {
  const read = readUsername(data, context);
  if ('refusal' in read) return read.refusal;
  const user = tenant.find(read.username);
  return user ? { answer: { kind: 'done' }, changes: act(user) } : failed(unknown(read.username));
}
