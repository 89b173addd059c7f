/** A field to search by, and links that narrow a view down. */
import { type Html, html } from './html.ts';
import type { PageQuery } from './query.ts';

/** Asks the same view for rows with a text; other filters stay. */
export function searchForm({
  query,
  label,
  keep = {},
}: {
  query: PageQuery;
  label: string;
  keep?: Record<string, string>;
}): Html {
  const kept = Object.entries<string>({ view: query.view, ...keep }).filter(([, value]) => value !== '');
  const hidden = kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  return html`<form method="get" action="/" role="search">${hidden}<label for="q">${label}</label>
<input type="search" id="q" name="q" value="${query.q}" maxlength="300"><button>Search</button></form>`;
}

/** Links of which the present one is marked. */
export function filters(links: { text: string; href: string; isCurrent: boolean }[]): Html {
  const items = links.map(
    ({ text, href, isCurrent }) => html`<a href="${href}"${isCurrent ? html` aria-current="true"` : null}>${text}</a>`,
  );
  return html`<nav class="filters" aria-label="Filters">${items}</nav>`;
}

/** Whether one of the texts has what is looked for, in any case. */
export function hasText(texts: readonly string[], wanted: string): boolean {
  const text = wanted.toLowerCase();
  return texts.some((one) => one.toLowerCase().includes(text));
}
