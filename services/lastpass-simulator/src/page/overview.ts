/** The company at a glance, and what deserves a look. */
import type { Folder } from '../folder.ts';
import { settings as defaults, type Settings } from '../settings.ts';
import type { Simulation } from '../simulation.ts';
import type { User } from '../user.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import { folderLink } from './links.ts';
import { addressOf } from './query.ts';
import { counts, quantity, someOf } from './table.ts';

/** Settings that aren't switches: they differ without a reason to tell, or are secret. */
const NOT_SHOWN = new Set(['cid', 'provhash', 'keyRegistrarToken']);

const ALL_IS_WELL = 'Nothing: no address was welcomed twice, nobody waits, and no call went wrong.';

export function overview(simulation: Simulation): Html {
  return html`<dl class="cards">${cards(simulation)}</dl>
<h3>Worth a look</h3>
<div class="sheet">${list(remarks(simulation), ALL_IS_WELL)}</div>
<h3>Settings that differ from their defaults</h3>
<div class="sheet">${list(changedSettings(simulation.settings), 'None.')}</div>
<h3>Faults still to come</h3>
<div class="sheet">${list(simulation.faults.list().map(json), 'None.')}</div>`;
}

function cards({ tenant, settings, calls }: Simulation): Html[] {
  const users = [...tenant.users()];
  const count = (test: (user: User) => boolean) => counts(users.filter(test).length);
  const { seats } = settings;
  return [
    card(
      'Accounts',
      counts(tenant.size),
      `${count(({ disabled }) => disabled)} disabled, ${count(({ neverloggedin }) => neverloggedin)} never logged in`,
    ),
    card('Seats in use', counts(tenant.seatsUsed), seats === null ? 'of any number' : `of ${counts(seats)}`),
    card('Invited', counts(tenant.invited.size), 'who haven’t accepted yet'),
    card(
      'Left for good',
      counts(tenant.departed.length),
      `${counts(tenant.departed.filter(({ how }) => how === 'deleted').length)} with their vaults`,
    ),
    card(
      'Groups',
      counts(tenant.groups().length),
      `${quantity(users.filter(({ groups }) => groups.length === 0).length, ['account', 'accounts'])} in none`,
    ),
    card(
      'Policies',
      counts(tenant.sharing.policies().length),
      someOf(
        tenant.sharing.policies().map(({ name }) => name),
        3,
      ),
    ),
    card('Events', counts(tenant.events.size), 'in the event log'),
    card('Calls', counts(calls.size()), 'of the Enterprise API in the log'),
  ];
}

function card(title: string, number: string, more: HtmlValue): Html {
  return html`<div class="card"><dt>${title}</dt><dd class="big">${number}</dd><dd class="quiet">${more}</dd></div>`;
}

function remarks({ tenant, calls }: Simulation): Html[] {
  const twice = Array.from(tenant.welcomeEmails).flatMap(([address, times]) => (times.length > 1 ? address : []));
  const waiting = tenant.sharing.folders().filter((folder) => folder.waiting.size > 0);
  const wrong = calls.since(0).filter(({ outcome }) => outcome !== 'ok' && outcome !== 'waiting').length;
  return [...welcomedTwice(twice), ...waiting.map(awaited), ...goneWrong(wrong)];
}

function welcomedTwice(addresses: string[]): Html[] {
  if (addresses.length === 0) return [];
  const number = quantity(addresses.length, ['address', 'addresses']);
  return [html`${number} had more than one welcome e-mail: ${someOf(addresses)}`];
}

function awaited(folder: Folder): Html {
  const people = quantity(folder.waiting.size, ['person waits', 'people wait']);
  return html`${folderLink(folder)}: ${people} until somebody who has the folder logs in`;
}

function goneWrong(calls: number): Html[] {
  if (calls === 0) return [];
  const link = html`<a href="${addressOf('calls')}">${quantity(calls, ['call', 'calls'])}</a>`;
  return [html`${link} refused, at least in part, or struck by a fault`];
}

function changedSettings(current: Settings): Html[] {
  const usual: Record<string, unknown> = defaults.parse({});
  return Object.entries(current)
    .filter(([name, value]) => !NOT_SHOWN.has(name) && value !== usual[name])
    .map(([name, value]) => html`<code>${name}</code> is ${json(value)}, not ${json(usual[name])}`);
}

function json(value: unknown): Html {
  return html`<code>${JSON.stringify(value)}</code>`;
}

function list(items: Html[], empty: string): Html {
  return items.length === 0
    ? html`<span class="quiet">${empty}</span>`
    : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}
