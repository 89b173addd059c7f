/** How the page looks, in light and in dark. System fonts; nothing is loaded. */
import { createHash } from 'node:crypto';

export const STYLE = `
:root { color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14171c); --sheet: light-dark(#fff, #1c2027); --ink: light-dark(#1b2330, #e4e8ee);
  --quiet: light-dark(#5a6575, #9aa5b4); --line: light-dark(#dde2e9, #303744); --accent: light-dark(#0b57c2, #82b1ff);
  --good: light-dark(#12693a, #72d69c); --warn: light-dark(#8a5200, #f2bd62); --bad: light-dark(#b3261e, #ff9b93);
  --row: light-dark(#f0f4fa, #232a35); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, input:focus-visible, select:focus-visible, button:focus-visible, summary:focus-visible, .scroll:focus-visible {
  outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
header, main, footer { max-width: 78rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.25rem; display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; }
header p { margin: 0; color: var(--quiet); }
header .follow { margin-left: auto; }
h1 { font-size: 1.25rem; margin: 0; } h2 { font-size: 1.15rem; margin: 0 0 .75rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
.tabs { max-width: 78rem; margin: .75rem auto 0; padding: 0 1.25rem; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; }
.tabs a { padding: .5rem .9rem; color: var(--quiet); text-decoration: none; border-bottom: 3px solid transparent; margin-bottom: -1px; }
.tabs a:hover { color: var(--ink); } .tabs a[aria-current] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
.tabs .n { color: var(--quiet); font-weight: 400; font-variant-numeric: tabular-nums; margin-left: .3em; font-size: .85em; }
main { padding-top: 1.25rem; padding-bottom: 2rem; }
footer { color: var(--quiet); font-size: .87rem; padding-bottom: 2rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem; margin: 0 0 1.5rem; }
.card { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; }
.card dt { color: var(--quiet); font-size: .87rem; } .card dd { margin: 0; }
.card .big { font-size: 1.7rem; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
.sheet, .scroll { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; }
.sheet { padding: .8rem 1rem; margin: 0 0 1rem; } .sheet ul { margin: 0; padding-left: 1.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .8rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-size: .82rem; font-weight: 600; color: var(--quiet); white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; } tbody tr:hover { background: var(--row); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.command summary { white-space: nowrap; }
.quiet { color: var(--quiet); } .empty { color: var(--quiet); padding: 2rem 1rem; text-align: center; background: var(--sheet);
  border: 1px dashed var(--line); border-radius: 8px; margin: 0; }
.badge { display: inline-block; padding: 0 .5em; border: 1px solid currentColor; border-radius: 1em; font-size: .82rem; white-space: nowrap; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .badge.quiet { color: var(--quiet); }
.chip { display: inline-block; background: var(--row); border-radius: 4px; padding: 0 .4em; margin: 1px 0; font-size: .9em; }
form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0 0 .9rem; }
input, button { font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--line); border-radius: 6px; padding: .35rem .6rem; }
input { min-width: min(22rem, 100%); } button { cursor: pointer; background: var(--row); }
.filters { display: flex; flex-wrap: wrap; gap: .25rem .9rem; margin: 0 0 .9rem; } .filters [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
.pager { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .7rem 0; color: var(--quiet); font-variant-numeric: tabular-nums; }
.pager span:not(.count) { opacity: .5; }
summary { cursor: pointer; } details[open] summary { margin-bottom: .3rem; } details p { margin: .2rem 0; }
pre { margin: 0; max-width: 52rem; max-height: 24rem; overflow: auto; font: .82rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; background: var(--sheet); padding: .3rem .6rem; }
@media (max-width: 50rem) { table { min-width: 48rem; } th, td { padding: .4rem .55rem; } header .follow { margin-left: 0; } }
`;

/** Lets this style, and no other, through a content security policy. */
export const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
