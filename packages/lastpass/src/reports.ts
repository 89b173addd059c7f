/**
 * What LastPass tells besides its accounts: shared folders, events, expired master passwords. Nothing here changes anything.
 *
 * Calls and errors are as in `client.ts`, and so are the marks of how sure a fact is.
 */
import { readAnswer } from './answer.ts';
import { EnterpriseApi, type Exchange, type LastPassClientOptions } from './enterprise-api.ts';
import { type WireEvent, type WireFolder, wireEvents, wireExpired, wireFolder } from './wire-reports.ts';

/** Keys of an answer that speak of the answer, not of a folder. */
const ABOUT_THE_ANSWER = new Set(['status', 'error', 'errors', 'message']);

/** Somebody who has a shared folder. */
export type FolderMember = {
  username: string;
  mayEdit: boolean;
  /** Passwords in it are shown, not only filled in. */
  maySeePasswords: boolean;
  mayManage: boolean;
  superAdmin: boolean;
  /** The sites in it that the member has; empty unless they were asked for. */
  sites: string[];
};

export type SharedFolder = {
  id: string;
  name: string;
  /** Security score, 0 … 100; null where it isn't told. */
  score: number | null;
  deleted: boolean;
  members: FolderMember[];
};

export type EventQuery = {
  /** From and to this moment of the account's own time zone, `2015-07-17 09:45:00` [D]. */
  from?: string;
  to?: string;
  /** Only events with this text. */
  search?: string;
  /** Only events of this user; of everybody where it is missing. */
  username?: string;
  /** Only what administrators did [D]. */
  byAdmins?: boolean;
  /** Where the page before ended. */
  next?: number;
};

/** Something that happened at LastPass, in its own words. */
export type LastPassEvent = {
  /** In the account's own time zone, which the answer doesn't tell; the documentation speaks of US/Eastern [?]. */
  time: string;
  username: string;
  ipAddress: string;
  /** Such as `Employee Account Created`, in this case or another [C]. */
  action: string;
  /** Who or what it is about, in a form of each action's own. */
  data: string;
};

export type EventPage = {
  /** Newest first, 10,000 at most [D]. */
  events: LastPassEvent[];
  /** What to ask with for the older ones, in microseconds since 1970; null where there are none. */
  next: number | null;
};

export type ExpiredPassword = {
  /** The account's id. */
  id: string;
  username: string;
  /** When the master password was last changed, without a zone; null where it isn't told. */
  changed: string | null;
};

export type ExpiredPage = {
  expired: ExpiredPassword[];
  /** How many more there are; null where it isn't told. */
  remaining: number | null;
  /** What to ask with for the next ones; null at the end. */
  next: string | null;
};

export class LastPassReports {
  readonly #api: EnterpriseApi;

  /** Throws `LastPassOptionsError`. */
  constructor(options: LastPassClientOptions) {
    this.#api = new EnterpriseApi(options);
  }

  /** Every shared folder and who has it; the super administrators are in each [D]. */
  async readFolders(signal?: AbortSignal): Promise<SharedFolder[]> {
    return foldersIn(await this.#api.ask({ cmd: 'getsfdata', data: 'all', signal }));
  }

  /** The same with the sites of each member [D]. LastPass has answered HTTP 429 to it where it took the other [C]. */
  async readFoldersWithSites(signal?: AbortSignal): Promise<SharedFolder[]> {
    return foldersIn(await this.#api.ask({ cmd: 'getdetailedsfdata', data: 'all', signal }));
  }

  /** One page of events, newest first. */
  async readEvents({ username, byAdmins, ...range }: EventQuery, signal?: AbortSignal): Promise<EventPage> {
    const data = { ...range, user: username ?? 'allusers', ...(byAdmins === true ? { admin: '1' } : {}) };
    const { answer, question } = await this.#api.ask({ cmd: 'reporting', data, signal });
    const { next, data: events } = readAnswer(wireEvents, answer, question);
    return { events: events.map(eventFrom), next: next ?? null };
  }

  /** People at work, not federated, whose master password has expired: `limit` at once, 500 at most [D]. */
  async readExpiredPasswords(
    { limit, next }: { limit?: number; next?: string } = {},
    signal?: AbortSignal,
  ): Promise<ExpiredPage> {
    const data = {
      ...(limit === undefined ? {} : { limit }),
      ...(next === undefined ? {} : { continuation_token: next }),
    };
    const { answer, question } = await this.#api.ask({ cmd: 'expiredmasterpwlist', data, signal });
    const { items, continuation } = readAnswer(wireExpired, answer, question);
    return {
      expired: items.map(({ user_id, user_name, last_pw_change }) => {
        return { id: user_id, username: user_name.toLowerCase(), changed: last_pw_change ?? null };
      }),
      remaining: continuation?.remaining_item_count ?? null,
      next: continuation?.token || null,
    };
  }
}

/** By ascending id, as JSON objects with such keys are ordered. */
function foldersIn({ answer, question }: Exchange): SharedFolder[] {
  const folders = Object.entries(answer).filter(([key]) => !ABOUT_THE_ANSWER.has(key));
  return folders.map(([id, folder]) => folderFrom(id, readAnswer(wireFolder, folder, question)));
}

function folderFrom(id: string, { sharedfoldername: name, score, deleted, users }: WireFolder): SharedFolder {
  const members = users.map(({ username, readonly, give, can_administer, superadmin, sites }) => {
    const rights = { mayEdit: !readonly, maySeePasswords: give, mayManage: can_administer, superAdmin: superadmin };
    return { username: username.toLowerCase(), ...rights, sites };
  });
  return { id, name, score, deleted, members };
}

function eventFrom({ Time, Username, IP_Address, Action, Data }: WireEvent): LastPassEvent {
  return { time: Time, username: Username, ipAddress: IP_Address ?? '', action: Action, data: Data ?? '' };
}
