/** Accounts, of a group or a kind; those who are only invited, and those who left. */

import type { Departure } from '../state.ts';
import type { Tenant } from '../tenant.ts';
import type { User } from '../user.ts';
import { folderState } from './folders.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { folderLink, groupLink } from './links.ts';
import { pageOf } from './paging.ts';
import { addressOf, type PageQuery, type Status } from './query.ts';
import { filters, hasText, searchForm } from './search-form.ts';
import { badge, type Column, pager, quantity, someOf, table } from './table.ts';

const PAGE_SIZE = 100;

const KINDS: { status: Status | null; text: string }[] = [
  { status: null, text: 'All accounts' },
  { status: 'active', text: 'Enabled' },
  { status: 'disabled', text: 'Disabled' },
  { status: 'new', text: 'Never logged in' },
  { status: 'admins', text: 'Administrators' },
  { status: 'invited', text: 'Invited' },
  { status: 'departed', text: 'Left for good' },
];

export function accounts(tenant: Tenant, query: PageQuery): Html {
  const { group, q, status } = query;
  const kinds = KINDS.map(({ status: kind, text }) => {
    return { text, href: addressOf('accounts', { q, group, status: kind ?? '' }), isCurrent: kind === status };
  });
  const ofAll = addressOf('accounts', { q, status: status ?? '' });
  const ofGroup = html`<p>Members of <strong>${group}</strong> · <a href="${ofAll}">all accounts</a></p>`;
  return html`${searchForm({ query, label: 'Address or name', keep: { group, status: status ?? '' } })}
${filters(kinds)}${group === '' ? null : ofGroup}${listing(tenant, query)}`;
}

function listing(tenant: Tenant, query: PageQuery): Html {
  if (query.status === 'invited') return invitations(tenant, query);
  if (query.status === 'departed') return departures(tenant, query);
  const all = query.group === '' ? tenant.users() : tenant.membersOf(query.group);
  const isWanted = (user: User) => isOfKind(user, query.status) && hasText([user.username, user.fullname], query.q);
  const page = pageOf(all, { page: query.page, size: PAGE_SIZE, isWanted });
  const rows = { caption: 'Accounts', columns: columns(tenant), rows: page.rows, empty: 'No account is like this.' };
  return html`${table(rows)}${pager(page, (to) => pageAddress(query, to))}`;
}

function pageAddress({ q, group, status }: PageQuery, page: number): string {
  return addressOf('accounts', { q, group, status: status ?? '', page: String(page) });
}

function isOfKind(user: User, status: Status | null): boolean {
  if (status === 'active') return !user.disabled;
  if (status === 'disabled') return user.disabled;
  if (status === 'new') return user.neverloggedin;
  return status === 'admins' ? user.admin : true;
}

function columns(tenant: Tenant): Column<User>[] {
  return [
    { title: 'Address', cell: (user) => address(user, tenant) },
    { title: 'Full name', cell: ({ fullname }) => fullname },
    { title: 'Groups', cell: ({ groups }) => someOf(groups.map(groupLink)) },
    { title: 'Status', cell: status },
    {
      title: 'Last log-in',
      cell: ({ last_login }) => last_login || html`<span class="quiet">never</span>`,
      kind: 'time',
    },
    { title: 'Created', cell: ({ created }) => created, kind: 'time' },
  ];
}

function address(user: User, { welcomeEmails, sharing }: Tenant): Html {
  const { id, attribs, duousername, securidusername, multifactor, last_pw_change, pending_email } = user;
  const more = { id, last_pw_change, duousername, securidusername, multifactor, attribs };
  const welcomed = welcomeEmails.get(user.username)?.length ?? 0;
  const pending = html`<div class="warn">becomes ${pending_email ?? ''} at the next log-in</div>`;
  return html`<details><summary>${user.username}</summary>
<p>${quantity(welcomed, ['welcome e-mail', 'welcome e-mails'])} · <a href="${addressOf('events', { q: user.username })}">events</a>
· <a href="${addressOf('calls', { q: user.username })}">calls</a></p>
${sharing.foldersOf(user).map(({ folder, state }) => html`<p>${folderLink(folder)} ${folderState(state)}</p>`)}
<pre>${JSON.stringify(more, null, 2)}</pre></details>${pending_email === undefined ? null : pending}`;
}

function status({ disabled, admin, neverloggedin, password_reset_required }: User): HtmlValue {
  return [
    disabled ? badge('disabled', 'bad') : badge('enabled', 'good'),
    admin ? html` ${badge('administrator', 'quiet')}` : null,
    neverloggedin ? html` ${badge('never logged in', 'quiet')}` : null,
    password_reset_required && !neverloggedin ? html` ${badge('new password required', 'warn')}` : null,
  ];
}

function invitations({ invited, welcomeEmails }: Tenant, query: PageQuery): Html {
  const isWanted = (one: string) => hasText([one], query.q);
  const page = pageOf([...invited].toSorted(), { page: query.page, size: PAGE_SIZE, isWanted });
  const columns: Column<string>[] = [
    { title: 'Address', cell: (one) => one },
    { title: 'Welcome e-mails', cell: (one) => welcomeEmails.get(one)?.length ?? 0, kind: 'number' },
  ];
  const rows = { caption: 'Invited addresses', columns, rows: page.rows, empty: 'Nobody is invited.' };
  return html`${table(rows)}${pager(page, (to) => pageAddress(query, to))}`;
}

function departures({ departed }: Tenant, query: PageQuery): Html {
  const isWanted = ({ username }: Departure) => hasText([username], query.q);
  const page = pageOf(departed.toReversed(), { page: query.page, size: PAGE_SIZE, isWanted });
  const columns: Column<Departure>[] = [
    { title: 'Address', cell: ({ username }) => username },
    { title: 'Id', cell: ({ id }) => id },
    {
      title: 'How',
      cell: ({ how }) =>
        how === 'deleted' ? badge('deleted with the vault', 'bad') : badge('removed from the company', 'warn'),
    },
  ];
  const rows = { caption: 'Who left for good', columns, rows: page.rows, empty: 'Nobody has left.' };
  return html`${table(rows)}${pager(page, (to) => pageAddress(query, to))}`;
}
