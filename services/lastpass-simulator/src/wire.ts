/**
 * The Enterprise API's answers, byte for byte where they are on record. Even JSON is labelled text/xml, and the status
 * words differ by command.
 */
import type { Answer } from './outcome.ts';
import type { Settings } from './settings.ts';
import type { User } from './user.ts';

export const ANSWER_TYPE = 'text/xml;charset=UTF-8';

/** The answer to a wrong cid or provhash: 76 bytes, HTTP 200. */
export const AUTHORIZATION_ERROR = '<?xml version="1.0" encoding="UTF-8"?>\n<lastpass rc="Authorization Error"/>\n';

/** A command's answer as the object that goes out as JSON. */
export function toWire(answer: Answer, settings: Settings): Record<string, unknown> {
  switch (answer.kind) {
    case 'done':
      return { status: 'OK', ...(answer.message === undefined ? {} : { message: answer.message }) };
    case 'failed':
      return failure(answer.errors, settings);
    case 'partly':
      return { status: 'WARN', errors: answer.errors };
    case 'switched':
      return switched(answer, settings);
    case 'listed':
      return listing(answer, settings);
    case 'not-listed':
      return { error: [`${answer.username} is not a valid user.`] };
    case 'too-large':
      return failure([`Too many entries: at most ${answer.largestBatch} in one call`], settings);
    case 'too-often':
      return failure(['Too many requests: try again in a second'], settings);
    default:
      return answer satisfies never;
  }
}

/** `{"status":"FAIL","error":…}` in the tenant's form. */
export function failure(errors: string[], { errorForm }: Settings): Record<string, unknown> {
  return { status: 'FAIL', error: errorForm === 'array' ? errors : errors.join('; ') };
}

/** Refused users are an `error` beside the others' success; only when nobody is left is the whole a failure. */
function switched(answer: Answer & { kind: 'switched' }, settings: Settings): Record<string, unknown> {
  const { to, changed, unchanged, errors } = answer;
  if (errors.length > 0 && changed.length + unchanged.length === 0) return failure(errors, settings);
  return {
    status: 'success',
    [`${to}_users`]: changed,
    ...(unchanged.length > 0 ? { unchanged_users: unchanged } : {}),
    ...(errors.length > 0 ? { error: failure(errors, settings)['error'] } : {}),
  };
}

function listing({ total, users, invited }: Answer & { kind: 'listed' }, settings: Settings): Record<string, unknown> {
  const groups = groupsOf(users);
  return {
    total,
    count: users.length,
    Users: users.length > 0 ? Object.fromEntries(users.map((user) => [user.id, wireUser(user, settings)])) : [],
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

function wireUser(user: User, { noGroups }: Settings): Record<string, unknown> {
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
    ...(user.groups.length > 0 || noGroups === 'empty-list' ? { groups: user.groups } : {}),
    ...(user.attribs ? { attribs: user.attribs } : {}),
  };
}
