/** `connector drift`: what was changed by hand at LastPass and is left so. */

import { asShown } from '../as-shown.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';
import { type DriftedPerson, readDrift } from './drifted-people.ts';
import { type PerhapsOurs, readPerhapsOurs } from './perhaps-ours.ts';

export async function drift(context: Context, { json }: Common): Promise<ExitCode> {
  const { store, configuration } = context.session;
  const { policy, directories } = configuration;
  const planning = { store, policy, directories };
  const people = await readDrift(planning);
  const perhapsOurs = await readPerhapsOurs(
    store,
    directories.map(({ id }) => id),
  );
  const { paint } = context.terminal;
  if (json) printJson(context, { ...driftJson(people), perhapsOurs });
  else print(context, [...driftText(people, paint), ...perhapsOursText(perhapsOurs, paint)]);
  return 0;
}

const driftJson = (people: readonly DriftedPerson[]): object => ({
  drift: people.map(({ sinceMs, ...each }) => ({
    ...each,
    since: sinceMs === null ? null : isoText(sinceMs),
    asShown: asShown(each.person, each.kind === 'deleted' ? 'drift' : each.kind), // set aside as that, if they are
  })),
});

/** Accounts that may have been ours, one line for each; nothing without any. */
export function perhapsOursText(accounts: readonly PerhapsOurs[], paint: Paint): string[] {
  if (accounts.length === 0) return [];
  const rows = accounts.map(({ username, name, groups, reason }): Cell[] => [
    username,
    name,
    groups.length > 0 ? `in ${groups.join(', ')}` : 'invited',
    reason,
  ]);
  return [
    '',
    `${counted(accounts.length, 'account is', 'accounts are')} perhaps ours: nobody is linked to them, and they are left alone.`,
    ...aligned(rows, { paint }),
    '',
    'If Redis has lost what the connector remembered, they may be of people who left before. Disable or remove them at LastPass if so.',
  ];
}

/** What was changed by hand, one line for each person. */
export function driftText(people: readonly DriftedPerson[], paint: Paint): string[] {
  if (people.length === 0) return ['No account was deleted or disabled by hand at LastPass.'];
  const rows = people.map(({ name, username, kind, reason, sinceMs }): Cell[] => [
    name,
    username ?? '',
    kind,
    ['weak', sinceMs === null ? '' : `since ${momentText(sinceMs)}`],
    reason,
  ]);
  return [
    `${counted(people.length, 'account was', 'accounts were')} changed by hand at LastPass, and left so.`,
    ...aligned(rows, { paint }),
    '',
    'Create a deleted one again with "connector retry <who…>" or --all-drift. Names and groups are put right by themselves.',
  ];
}
