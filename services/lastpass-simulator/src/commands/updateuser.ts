/** updateuser: the full name and the second factors' names of one user. It can't make anybody an administrator. */
import { z } from 'zod';
import { userUpdated } from '../happening.ts';
import { type CommandContext, failed, noSuchUser, type Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { address, readData } from './entries.ts';

const request = z.object({
  username: address,
  fullname: z.string().optional(),
  duousername: z.string().nullable().optional(),
  securidusername: z.string().nullable().optional(),
});
type Request = z.infer<typeof request>;

export function updateuser(tenant: Tenant, data: unknown, { poisoned }: CommandContext): Outcome {
  const read = readData(request, data);
  if ('refusal' in read) return read.refusal;
  const { username } = read.data;
  const error = poisoned.get(username);
  if (error !== undefined) return failed(`${error}: ${username}`);
  const user = tenant.find(username);
  if (user === undefined) return failed(noSuchUser(username));
  const changes = update(user, read.data);
  if (changes.length > 0) tenant.note(userUpdated(user.username));
  return { answer: { kind: 'done' }, changes };
}

function update(user: User, { fullname, duousername, securidusername }: Request): Outcome['changes'] {
  const wanted = {
    fullname: fullname ?? user.fullname,
    duousername: duousername === undefined ? user.duousername : duousername,
    securidusername: securidusername === undefined ? user.securidusername : securidusername,
  };
  const isRename = wanted.fullname !== user.fullname;
  const isUpdate = wanted.duousername !== user.duousername || wanted.securidusername !== user.securidusername;
  Object.assign(user, wanted);
  if (!isRename && !isUpdate) return [];
  return [{ username: user.username, step: isRename ? 'rename' : 'update' }];
}
