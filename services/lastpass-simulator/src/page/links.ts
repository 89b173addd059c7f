/** Names that lead to more about what they name. */
import type { Folder } from '../folder.ts';
import { type Html, html } from './html.ts';
import { addressOf } from './query.ts';

/** To the members of a group. */
export function groupLink(name: string): Html {
  return html`<a href="${addressOf('accounts', { group: name })}">${name}</a>`;
}

/** To the members of a shared folder. */
export function folderLink({ id, name }: Pick<Folder, 'id' | 'name'>): Html {
  return html`<a href="${addressOf('folders', { folder: id })}">${name}</a>`;
}
