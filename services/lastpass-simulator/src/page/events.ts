/** The event log, newest first. */
import { wallTime } from '../account-time.ts';
import type { CompanyEvent } from '../event-log.ts';
import type { Simulation } from '../simulation.ts';
import { type Html, html } from './html.ts';
import { pageOf } from './paging.ts';
import { addressOf, type PageQuery } from './query.ts';
import { hasText, searchForm } from './search-form.ts';
import { type Column, pager, table } from './table.ts';

const PAGE_SIZE = 100;

export function events({ tenant, settings }: Simulation, query: PageQuery): Html {
  const isWanted = ({ username, action, data, ipAddress }: CompanyEvent) =>
    hasText([username, action, data, ipAddress], query.q);
  const page = pageOf(tenant.events.newestFirst(), { page: query.page, size: PAGE_SIZE, isWanted });
  const columns: Column<CompanyEvent>[] = [
    {
      title: `Time (${settings.timeZone})`,
      cell: ({ timeUs }) => wallTime(Math.floor(timeUs / 1_000), settings.timeZone),
      kind: 'time',
    },
    { title: 'Action', cell: ({ action }) => action },
    { title: 'About', cell: ({ data }) => data },
    { title: 'By', cell: ({ username }) => username },
    { title: 'From', cell: ({ ipAddress }) => ipAddress },
  ];
  const rows = { caption: 'Events', columns, rows: page.rows, empty: 'Nothing like this has happened yet.' };
  const addressOfPage = (to: number) => addressOf('events', { q: query.q, page: String(to) });
  return html`${searchForm({ query, label: 'Action, address or group' })}${table(rows)}${pager(page, addressOfPage)}`;
}
