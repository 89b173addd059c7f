/** Groups, with what hangs on each: members, shared folders, policies. */
import type { Tenant } from '../tenant.ts';
import { type Html, html } from './html.ts';
import { folderLink, groupLink } from './links.ts';
import { pageOf } from './paging.ts';
import { addressOf, type PageQuery } from './query.ts';
import { hasText, searchForm } from './search-form.ts';
import { type Column, counts, pager, someOf, table } from './table.ts';

const PAGE_SIZE = 100;

type Group = ReturnType<Tenant['groups']>[number];

export function groups(tenant: Tenant, query: PageQuery): Html {
  const isWanted = ({ name }: Group) => hasText([name], query.q);
  const page = pageOf(tenant.groups(), { page: query.page, size: PAGE_SIZE, isWanted });
  const rows = { caption: 'Groups', columns: columns(tenant), rows: page.rows, empty: 'There is no such group.' };
  const addressOfPage = (to: number) => addressOf('groups', { q: query.q, page: String(to) });
  return html`${searchForm({ query, label: 'Name of the group' })}${table(rows)}${pager(page, addressOfPage)}`;
}

function columns({ sharing }: Tenant): Column<Group>[] {
  const policies = sharing.policies();
  return [
    { title: 'Group', cell: ({ name }) => groupLink(name) },
    { title: 'Members', cell: ({ size }) => counts(size), kind: 'number' },
    {
      title: 'Shared folders',
      cell: ({ name }) => {
        const shared = sharing.folders().filter((folder) => folder.groups.has(name.toLowerCase()));
        return someOf(shared.map(folderLink));
      },
    },
    {
      title: 'Policies',
      cell: ({ name }) =>
        someOf(
          policies
            .filter(({ appliesTo }) => appliesTo !== 'everyone' && appliesTo.includes(name))
            .map((policy) => policy.name),
        ),
    },
  ];
}
