/** Shared folders: to whom they are shared, and, of one folder, who has it and who still waits. */
import type { Folder } from '../folder.ts';
import type { FolderMember } from '../sharing.ts';
import type { Tenant } from '../tenant.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { folderLink, groupLink } from './links.ts';
import { pageOf } from './paging.ts';
import { addressOf, type PageQuery } from './query.ts';
import { hasText, searchForm } from './search-form.ts';
import { badge, type Column, counts, pager, someOf, table } from './table.ts';

const PAGE_SIZE = 100;

export function folders(tenant: Tenant, query: PageQuery): Html {
  const folder = tenant.sharing.folders().find(({ id }) => id === query.folder);
  return folder === undefined ? all(tenant, query) : one(tenant, folder, query);
}

function all({ sharing }: Tenant, query: PageQuery): Html {
  const isWanted = ({ name }: Folder) => hasText([name], query.q);
  const page = pageOf(sharing.folders(), { page: query.page, size: PAGE_SIZE, isWanted });
  const columns: Column<Folder>[] = [
    {
      title: 'Folder',
      cell: (folder) => [folderLink(folder), ' ', folder.deleted ? badge('deleted', 'bad') : null],
    },
    { title: 'Id', cell: ({ id }) => id },
    {
      title: 'Shared to groups',
      cell: ({ groups }) => someOf(Array.from(groups.values(), ({ name }) => groupLink(name))),
    },
    { title: 'One by one', cell: ({ users }) => counts(users.size), kind: 'number' },
    { title: 'Wait for its key', cell: ({ waiting }) => counts(waiting.size), kind: 'number' },
  ];
  const rows = {
    caption: 'Shared folders',
    columns,
    rows: page.rows,
    empty: 'There is no such folder: PUT /control/folders makes some.',
  };
  const addressOfPage = (to: number) => addressOf('folders', { q: query.q, page: String(to) });
  return html`${searchForm({ query, label: 'Name of the folder' })}${table(rows)}${pager(page, addressOfPage)}
${policies(sharing.policies())}`;
}

function policies(list: ReturnType<Tenant['sharing']['policies']>): Html {
  const columns: Column<(typeof list)[number]>[] = [
    { title: 'Policy', cell: ({ name }) => name },
    { title: 'Applies to', cell: ({ appliesTo }) => (appliesTo === 'everyone' ? 'everyone' : someOf(appliesTo)) },
  ];
  const rows = {
    caption: 'Policies',
    columns,
    rows: list,
    empty: 'There is no policy: PUT /control/policies makes some.',
  };
  return html`<h3>Policies</h3>${table(rows)}`;
}

/** Whether a member has the folder. */
export function folderState(state: FolderMember['state']): HtmlValue {
  return STATES[state];
}

const STATES: Record<FolderMember['state'], HtmlValue> = {
  has: badge('has it', 'good'),
  waits: badge('waits for a log-in of somebody who has it', 'warn'),
  blocked: badge('disabled', 'bad'),
};

/** Those who wait come first: they are what one looks for. */
const ORDER: FolderMember['state'][] = ['waits', 'has', 'blocked'];

function one({ sharing }: Tenant, folder: Folder, query: PageQuery): Html {
  const members = sharing.membersOf(folder).toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const numberOf = (state: FolderMember['state']) => counts(members.filter((member) => member.state === state).length);
  const isWanted = ({ user }: FolderMember) => hasText([user.username, user.fullname], query.q);
  const page = pageOf(members, { page: query.page, size: PAGE_SIZE, isWanted });
  const columns: Column<FolderMember>[] = [
    { title: 'Member', cell: ({ user }) => user.username },
    { title: 'State', cell: ({ state }) => folderState(state) },
    { title: 'Through', cell: ({ user }) => someOf(waysOf(folder, user.groups, folder.users.has(user))) },
    { title: 'Rights', cell: ({ rights }) => rightsText(rights) },
  ];
  const rows = { caption: `Members of ${folder.name}`, columns, rows: page.rows, empty: 'It is shared to nobody.' };
  const addressOfPage = (to: number) => addressOf('folders', { folder: folder.id, q: query.q, page: String(to) });
  const about = `${folder.id}, score ${folder.score}, sites: ${folder.sites.join(', ') || 'none'}`;
  return html`<p><a href="${addressOf('folders')}">All folders</a></p>
<div class="sheet"><strong>${folder.name}</strong> <span class="quiet">${about}</span>
<br>${numberOf('has')} have it, ${numberOf('waits')} wait for its key, ${numberOf('blocked')} are disabled
${folder.deleted ? badge('deleted', 'bad') : null}</div>
${searchForm({ query, label: 'Address or name', keep: { folder: folder.id } })}${table(rows)}${pager(page, addressOfPage)}
<p class="quiet">Administrators of the company have every folder, without being members.</p>`;
}

function waysOf(folder: Folder, groups: readonly string[], isIndividual: boolean): string[] {
  const through = groups.filter((name) => folder.groups.has(name.toLowerCase()));
  return isIndividual ? ['individual share', ...through] : through;
}

function rightsText({ readonly, give, can_administer }: FolderMember['rights']): string {
  return [
    readonly ? 'read only' : 'may edit',
    give ? 'sees passwords' : 'passwords hidden',
    ...(can_administer ? ['manages members'] : []),
  ].join(', ');
}
