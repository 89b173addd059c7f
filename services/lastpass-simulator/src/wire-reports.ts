/** The answers of getsfdata, getdetailedsfdata, reporting and expiredmasterpwlist. */
import { wallTime } from './account-time.ts';
import type { CompanyEvent } from './event-log.ts';
import type { Rights } from './folder.ts';
import type { Answer, SharedFolder } from './outcome.ts';
import type { Settings } from './settings.ts';
import type { User } from './user.ts';

type Wire = Record<string, unknown>;

/** Folders by id, without a status. */
export function sharedFolders({ folders, detailed }: Answer & { kind: 'shared' }, settings: Settings): Wire {
  return Object.fromEntries(folders.map((one) => [one.folder.id, wireFolder(one, { settings, detailed })]));
}

function wireFolder(
  { folder, users }: SharedFolder,
  { settings, detailed }: { settings: Settings; detailed: boolean },
) {
  const { name, score, deleted, sites } = folder;
  return {
    sharedfoldername: name,
    score,
    deleted,
    users: users.map((one) => ({ ...wireMember(one, settings), ...(detailed ? { sites } : {}) })),
  };
}

function wireMember({ user, rights }: { user: User; rights: Rights }, { folderFlags }: Settings): Wire {
  const flag = (isOn: boolean) => FLAG_FORMS[folderFlags](isOn);
  return {
    username: user.username,
    readonly: flag(rights.readonly),
    give: flag(rights.give),
    can_administer: flag(rights.can_administer),
    superadmin: flag(user.admin),
  };
}

const FLAG_FORMS: Record<Settings['folderFlags'], (isOn: boolean) => unknown> = {
  number: Number,
  string: (isOn) => (isOn ? '1' : '0'),
  boolean: (isOn) => isOn,
};

/** Events as `Event1`, `Event2`, …; with `format: "siem"` as a list, which is how a client that asks for it reads them. */
export function report({ events, next, form }: Answer & { kind: 'reported' }, settings: Settings): Wire {
  const list = events.map((event) => wireEvent(event, settings));
  const numbered = () => Object.fromEntries(list.map((event, at) => [`Event${at + 1}`, event]));
  const isEmptyList = list.length === 0 && settings.emptyMap === 'array';
  return { status: 'OK', next, data: form === 'list' || isEmptyList ? list : numbered() };
}

function wireEvent({ timeUs, username, ipAddress, action, data }: CompanyEvent, settings: Settings): Wire {
  return {
    Time: wallTime(Math.floor(timeUs / 1_000), settings.timeZone),
    Username: username,
    IP_Address: ipAddress,
    Action: settings.actionCase === 'sentence' ? sentenceCase(action) : action,
    Data: data,
  };
}

/** Words but the first in lower case, except names and abbreviations. */
function sentenceCase(action: string): string {
  const [first = '', ...rest] = action.split(' ');
  return [first, ...rest.map((word) => (/[A-Z].*[A-Z]/.test(word) ? word : word.toLowerCase()))].join(' ');
}

export function expiredPasswords({ users, remaining }: Answer & { kind: 'expired' }): Wire {
  const last = users.at(-1);
  const token = remaining > 0 && last !== undefined ? { token: last.id } : {};
  return {
    status: 'Success',
    continuation: { ...token, remaining_item_count: remaining },
    items: users.map((user) => ({
      user_id: Number(user.id),
      user_name: user.username,
      last_pw_change: user.last_pw_change,
    })),
  };
}
