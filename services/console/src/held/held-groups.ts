/** Renamed groups that wait for a person's word, and the word. */
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import type { Store } from '@connector/shared/store.ts';
import { decideRename, type HeldRename } from '@connector/sync/plan/group-renames.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';

/** A renamed group can be let go, or kept as it is. */
export type RenameVerdict = 'released' | 'rejected';

export interface DecidedGroup {
  readonly rename: HeldRename;
  readonly outcome: RenameVerdict | 'changed';
}

/** Finds a held group by its old or new name, its key or objectGUID, whatever the case; `null` where none or several fit. */
export function findGroup(renames: readonly HeldRename[], who: string): HeldRename | null {
  const fitting = renames.filter(({ group, name, to }) =>
    [group, partsOfPerson(group).guid, name, to].some((each) => folded(each) === folded(who)),
  );
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}

/** Decides about groups, each by itself. @returns also the people to plan because of it */
export async function decideGroups(
  store: Store,
  renames: readonly HeldRename[],
  { verdict, by }: { verdict: RenameVerdict; by: string },
): Promise<{ decided: DecidedGroup[]; people: PersonKey[] }> {
  const decided: DecidedGroup[] = [];
  const people: PersonKey[] = [];
  for (const rename of renames) {
    const { outcome, people: touched } = await decideRename(store, rename.group, { to: rename.to, verdict, by });
    decided.push({ rename, outcome: outcome === 'decided' ? verdict : 'changed' });
    people.push(...touched);
  }
  return { decided, people };
}

const memberText = (members: number): string => counted(members, 'member', 'members');

/** One row for each held group; nothing when there is none. */
export function heldGroupsText(renames: readonly HeldRename[], paint: Paint): string[] {
  if (renames.length === 0) return [];
  const rows = renames.map(({ name, to, members, sinceMs }): Cell[] => [
    name,
    `is ${to} in Active Directory`,
    ['weak', `since ${momentText(sinceMs)}`],
    `${memberText(members)} would join ${to}, then leave ${name}`,
  ]);
  return [
    `${counted(renames.length, 'renamed group is', 'renamed groups are')} held: LastPass can't rename a group, and shared folders and policies hang on its name.`,
    ...aligned(rows, { paint }),
    '',
    'Prepare the new group at LastPass, then "connector release <group>"; keep the old name with "connector reject <group>".',
  ];
}

export const heldGroupsJson = (renames: readonly HeldRename[]): object[] =>
  renames.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) }));

export function decidedGroupRow({ rename: { name, to, members }, outcome }: DecidedGroup): Cell[] {
  if (outcome === 'changed') return [['bad', outcome], name, '', 'is not renamed like that any more: look again'];
  const what = outcome === 'released' ? `join ${to}, then leave ${name}` : `stay in ${name}`;
  return [['good', outcome], `group ${name}`, '', `${memberText(members)} ${what}`];
}

export const decidedGroupJson = ({ rename: { group, name, to, members }, outcome }: DecidedGroup): object => ({
  group,
  name,
  to,
  members,
  outcome,
});
