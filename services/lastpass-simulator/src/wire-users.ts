/** The answer of getuserdata: users by id, their groups, and who is invited. */
import type { Answer } from './outcome.ts';
import type { Settings } from './settings.ts';
import type { User } from './user.ts';

type Listed = Answer & { kind: 'listed' };

export function listing({ total, users, invited, sharingKeys }: Listed, settings: Settings): Record<string, unknown> {
  const groups = groupsOf(users);
  const wireUser = (user: User) => ({
    ...recordedFields(user),
    ...(user.groups.length > 0 || settings.noGroups === 'empty-list' ? { groups: user.groups } : {}),
    ...(user.attribs && settings.attribs === 'returned' ? { attribs: user.attribs } : {}),
    ...(settings.optionalUserFields === 'present' ? optionalFields(user, sharingKeys) : {}),
  });
  return {
    total,
    count: users.length,
    Users: users.length > 0 ? Object.fromEntries(users.map((user) => [user.id, wireUser(user)])) : [],
    ...(groups.size > 0 ? { Groups: Object.fromEntries(groups) } : {}),
    ...(invited.length > 0 ? { invited } : {}),
  };
}

function groupsOf(users: User[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const user of users) {
    for (const name of user.groups) {
      const members = groups.get(name);
      if (members) members.push(user.username);
      else groups.set(name, [user.username]);
    }
  }
  return groups;
}

/** The fields of the recorded exchange, in its order. */
function recordedFields(user: User): Record<string, unknown> {
  return {
    username: user.username,
    fullname: user.fullname,
    mpstrength: user.mpstrength,
    created: user.created,
    last_pw_change: user.last_pw_change,
    last_login: user.last_login,
    neverloggedin: user.neverloggedin,
    disabled: user.disabled,
    admin: user.admin,
    totalscore: user.totalscore,
    duousername: user.duousername,
    sites: user.sites,
    notes: user.notes,
    formfills: user.formfills,
    applications: user.applications,
    attachments: user.attachments,
    password_reset_required: user.password_reset_required,
  };
}

/** Fields that clients parse where they are there; that none has a value unless it must is our reading. */
function optionalFields(user: User, sharingKeys: Set<string>): Record<string, unknown> {
  return {
    linked: null,
    multifactor: user.multifactor ?? null,
    legacytotalscore: user.totalscore,
    hasSharingKeys: sharingKeys.has(user.id),
  };
}
