/** The frame of every view: title, tabs, and what keeps the page as it is. */
import { Html, html } from './html.ts';
import { addressOf, type PageQuery, VIEWS, type View } from './query.ts';
import { STYLE, STYLE_HASH } from './style.ts';
import { counts } from './table.ts';

/** Seconds between two loads of a page that follows. */
const FOLLOW_SECONDS = 3;

const TITLES: Record<View, string> = {
  overview: 'Overview',
  accounts: 'Accounts',
  groups: 'Groups',
  folders: 'Shared folders',
  events: 'Events',
  calls: 'Calls',
};

/** Nothing is loaded, run or framed: this style, and forms that ask this page. */
export const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${STYLE_HASH}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export type Frame = {
  query: PageQuery;
  /** The same view once more, following or not. */
  here: (follow: boolean) => string;
  /** Numbers beside the tabs. */
  sizes: Partial<Record<View, number>>;
  body: Html;
};

export function documentOf({ query, here, sizes, body }: Frame): string {
  const tabs = VIEWS.map((view) => {
    const size = sizes[view];
    const current = view === query.view ? html` aria-current="page"` : null;
    const follow = query.follow ? { follow: '1' } : {};
    const number = size === undefined ? null : html`<span class="n">${counts(size)}</span>`;
    return html`<a href="${addressOf(view, follow)}"${current}>${TITLES[view]}${number}</a>`;
  });
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${query.follow ? html`<meta http-equiv="refresh" content="${FOLLOW_SECONDS}">` : null}
<title>${TITLES[query.view]} · LastPass simulator</title>
<style>${Html.fromTemplate(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header><h1>LastPass simulator</h1><p>A company to rehearse on. Nothing here reaches LastPass.</p>
<p class="follow">${
    query.follow
      ? html`Loads again every ${FOLLOW_SECONDS} s · <a href="${here(false)}">stop</a>`
      : html`<a href="${here(true)}">Follow what happens</a>`
  }</p></header>
<nav class="tabs" aria-label="Views">${tabs}</nav>
<main id="main">
<h2 class="unseen">${TITLES[query.view]}</h2>
${body}
</main>
<footer>This page only shows. To change something, use the control API at <code>/control/…</code></footer>
</body>
</html>
`.text;
}
