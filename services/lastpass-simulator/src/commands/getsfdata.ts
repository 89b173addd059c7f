/** getsfdata and getdetailedsfdata: shared folders, and who has them. `data` makes no difference. */
import { ALL_RIGHTS } from '../folder.ts';
import type { CommandContext, Outcome, SharedFolder } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';

export function getsfdata(tenant: Tenant, _data: unknown, context: CommandContext): Outcome {
  return { answer: { kind: 'shared', folders: folders(tenant, context), detailed: false }, changes: [] };
}

export function getdetailedsfdata(tenant: Tenant, _data: unknown, context: CommandContext): Outcome {
  return { answer: { kind: 'shared', folders: folders(tenant, context), detailed: true }, changes: [] };
}

function folders(tenant: Tenant, { settings }: CommandContext): SharedFolder[] {
  const admins = settings.superAdmins === 'listed' ? Array.from(tenant.users()).filter(({ admin }) => admin) : [];
  return tenant.sharing.folders().map((folder) => {
    const members = tenant.sharing
      .membersOf(folder)
      .filter(({ state }) => state === 'has' || (state === 'blocked' && settings.disabledInFolders === 'listed'));
    const listed = new Set(members.map(({ user }) => user));
    const others = folder.deleted ? [] : admins.filter((user) => !user.disabled && !listed.has(user));
    const users = [...members, ...others.map((user) => ({ user, rights: ALL_RIGHTS }))];
    return { folder, users: users.map(({ user, rights }) => ({ user, rights })) };
  });
}
