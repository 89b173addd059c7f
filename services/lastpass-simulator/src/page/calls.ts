/** The log of calls to the Enterprise API, newest first. */
import type { Call } from '../calls.ts';
import type { Simulation } from '../simulation.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { pageOf } from './paging.ts';
import { addressOf, type PageQuery } from './query.ts';
import { hasText, searchForm } from './search-form.ts';
import { badge, type Column, pager, someOf, table } from './table.ts';

const PAGE_SIZE = 50;
/** Characters of a call's data; a batch may have megabytes. */
const DATA_SHOWN = 4_000;

export function calls({ calls: log }: Simulation, query: PageQuery): Html {
  const page = pageOf(log.since(0).toReversed(), {
    page: query.page,
    size: PAGE_SIZE,
    isWanted: (call) => isWanted(call, query.q),
  });
  const rows = { caption: 'Calls', columns: COLUMNS, rows: page.rows, empty: 'There was no such call yet.' };
  const addressOfPage = (to: number) => addressOf('calls', { q: query.q, page: String(to) });
  const form = searchForm({ query, label: 'Command, changed account, outcome or error' });
  return html`${form}${table(rows)}${pager(page, addressOfPage)}`;
}

function isWanted({ cmd, outcome, fault, errors, changes }: Call, text: string): boolean {
  return (
    hasText([cmd, outcome, fault ?? '', ...errors], text) ||
    changes.some(({ username, step }) => hasText([username, step], text))
  );
}

const COLUMNS: Column<Call>[] = [
  { title: 'No.', cell: ({ sequence }) => sequence, kind: 'number' },
  { title: 'Time (UTC)', cell: ({ time }) => time.slice(0, 23).replace('T', ' '), kind: 'time' },
  { title: 'Command', cell: command, kind: 'command' },
  { title: 'Outcome', cell: outcome },
  { title: 'HTTP', cell: ({ httpStatus }) => httpStatus ?? '–', kind: 'number' },
  { title: 'Took', cell: ({ durationMs }) => (durationMs === null ? '–' : `${durationMs} ms`), kind: 'number' },
  {
    title: 'Changed',
    cell: ({ changes }) =>
      someOf(
        changes.map(({ step, username, groups }) => [step, ' ', username, groups ? ` (${groups.join(', ')})` : '']),
        4,
      ),
  },
];

function command({ cmd, data }: Call): HtmlValue {
  const text = JSON.stringify(data, null, 1) ?? '';
  const rest = text.length - DATA_SHOWN;
  const shown = rest > 0 ? `${text.slice(0, DATA_SHOWN)}\n… and ${rest} characters more: see /control/calls` : text;
  return html`<details><summary>${cmd || 'no command'}</summary><pre>${shown}</pre></details>`;
}

const OUTCOMES: Record<Call['outcome'], HtmlValue> = {
  waiting: badge('waiting', 'quiet'),
  ok: badge('ok', 'good'),
  partly: badge('partly refused', 'warn'),
  refused: badge('refused', 'bad'),
  unauthorized: badge('unauthorized', 'bad'),
  fault: badge('fault', 'bad'),
};

function outcome({ outcome: word, fault, errors, delivered, executed }: Call): HtmlValue {
  return [
    OUTCOMES[word],
    fault === null ? null : html` ${badge(fault, 'warn')}`,
    executed && !delivered && word !== 'waiting' ? html` ${badge('answer lost', 'warn')}` : null,
    errors.length > 0 ? html`<div class="bad">${someOf(errors, 3)}</div>` : null,
  ];
}
