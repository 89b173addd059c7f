/** A table of one page of rows, with the ways to the other pages. */
import { type Html, type HtmlValue, html } from './html.ts';
import type { Page } from './paging.ts';

export type Column<Row> = {
  title: string;
  cell: (row: Row) => HtmlValue;
  kind?: 'text' | 'number' | 'time' | 'command';
};

type Table<Row> = {
  /** What the table shows, for those who don't see it. */
  caption: string;
  columns: Column<Row>[];
  rows: readonly Row[];
  /** Said where there is no row. */
  empty: string;
};

export function table<Row>({ caption, columns, rows, empty }: Table<Row>): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const head = columns.map(({ title, kind = 'text' }) => html`<th scope="col" class="${kind}">${title}</th>`);
  const body = rows.map(
    (row) => html`<tr>${columns.map(({ cell, kind = 'text' }) => html`<td class="${kind}">${cell(row)}</td>`)}</tr>
`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption class="unseen">${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>`;
}

/** `addressOf` tells the address of a page by its number. */
export function pager<Row>({ page, pages, total, rows }: Page<Row>, addressOf: (page: number) => string): Html {
  const link = (to: number, text: string, rel: string) =>
    to >= 1 && to <= pages ? html`<a href="${addressOf(to)}" rel="${rel}">${text}</a>` : html`<span>${text}</span>`;
  const here = pages > 1 ? `, ${rows.length} on page ${page} of ${pages}` : '';
  const counted = html`<span class="count">${counts(total)} in all${here}</span>`;
  if (pages === 1) return html`<p class="pager">${counted}</p>`;
  const links = [link(1, 'First', 'first'), link(page - 1, 'Previous', 'prev'), link(page + 1, 'Next', 'next')];
  return html`<nav class="pager" aria-label="Pages">${counted} ${links} ${link(pages, 'Last', 'last')}</nav>`;
}

/** A number as people read it: 12,345. */
export function counts(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 call`, `2 calls`. */
export function quantity(number: number, [one, more]: [one: string, more: string]): string {
  return `${counts(number)} ${number === 1 ? one : more}`;
}

type Tone = 'good' | 'quiet' | 'warn' | 'bad';

/** A short word in a coloured frame. */
export function badge(text: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** The first few, and how many more there are. */
export function someOf(all: readonly HtmlValue[], most = 6): HtmlValue {
  const shown = all.slice(0, most).map((one) => html`<span class="chip">${one}</span> `);
  return all.length > most ? [...shown, html`<span class="quiet">and ${counts(all.length - most)} more</span>`] : shown;
}
