/** Renamed groups that wait for a person's word, and the word. */
import { type PersonKey, partsOfPerson } from '@connector/shared/keys.ts';
import { folded } from '@connector/shared/people-with-mail.ts';
import type { Store } from '@connector/shared/store.ts';
import { digestOf } from '@connector/sync/mirror/mirror-object.ts';
import { decideRename, type RenamedGroup } from '@connector/sync/plan/group-renames.ts';
import { asShown, partsOfName } from '../as-shown.ts';
import type { NotFound } from '../not-found.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';

/** A renamed group can be let go, or kept as it is. */
export type RenameVerdict = 'released' | 'rejected';

export interface DecidedGroup {
  readonly rename: RenamedGroup;
  readonly outcome: RenameVerdict | 'changed';
}

/** Which groups names mean. */
export interface FoundGroups {
  readonly found: readonly RenamedGroup[];
  /** Those that were named as shown (`as-shown.ts`), and are renamed otherwise by now. */
  readonly changed: readonly RenamedGroup[];
  readonly notFound: readonly NotFound[];
}

/**
 * Of names that aren't a person's, finds those that are a held group's: the old or the new one, its key or objectGUID, whatever
 * the case, or the group as it was shown. A name that could mean several means none.
 */
export function findGroups(renames: readonly RenamedGroup[], asked: readonly NotFound[]): FoundGroups {
  const [found, changed] = [new Set<RenamedGroup>(), new Set<RenamedGroup>()];
  const notFound: NotFound[] = [];
  for (const { who, candidates } of asked) {
    const { name, version } = partsOfName(who);
    const [only, ...others] = renames.filter((rename) => namesOf(rename).includes(folded(name)));
    if (only === undefined || others.length > 0 || candidates.length > 0)
      notFound.push({ who, candidates: [...candidates, ...[only, ...others].flatMap((each) => each?.group ?? [])] });
    else if (version !== null && version !== versionOf(only)) changed.add(only);
    else found.add(only);
  }
  return { found: [...found].filter((each) => !changed.has(each)), changed: [...changed], notFound };
}

const versionOf = ({ name, to }: RenamedGroup): string => digestOf([name, to]);

const namesOf = ({ group, name, to }: RenamedGroup): string[] =>
  [group, partsOfPerson(group).guid, name, to].map(folded);

/** Decides about groups, each by itself. @returns also the people to plan because of it */
export async function decideGroups(
  store: Store,
  renames: readonly RenamedGroup[],
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

/** One row for each held group, and one for each that somebody has decided about; nothing when there is none. */
export function heldGroupsText(renames: readonly RenamedGroup[], paint: Paint): string[] {
  const held = renames.filter(({ verdict }) => verdict === 'held');
  const decided = renames.filter(({ verdict }) => verdict !== 'held');
  return [
    ...heldBlock(held, paint),
    ...(held.length > 0 && decided.length > 0 ? [''] : []),
    ...decidedBlock(decided, paint),
  ];
}

function decidedBlock(decided: readonly RenamedGroup[], paint: Paint): string[] {
  const meaning = {
    held: '',
    released: 'released: its members are on the way',
    rejected: 'rejected: it keeps its old name',
  };
  return aligned(
    decided.map(({ name, to, verdict }): Cell[] => [name, `is ${to} in Active Directory`, meaning[verdict]]),
    { paint },
  );
}

function heldBlock(held: readonly RenamedGroup[], paint: Paint): string[] {
  if (held.length === 0) return [];
  const rows = held.map(({ name, to, members, sinceMs }): Cell[] => [
    name,
    `is ${to} in Active Directory`,
    ['weak', `since ${momentText(sinceMs)}`],
    `${memberText(members)} would join ${to}, then leave ${name}`,
  ]);
  return [
    `${counted(held.length, 'renamed group is', 'renamed groups are')} held: LastPass can't rename a group, and shared folders and policies hang on its name.`,
    ...aligned(rows, { paint }),
    '',
    'Prepare the new group at LastPass, then "connector release <group>"; keep the old name with "connector reject <group>".',
  ];
}

/** As a preview tells them, where nothing is to be decided. */
export const renamedGroupsJson = (renames: readonly RenamedGroup[]): object[] =>
  renames.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) }));

export const heldGroupsJson = (renames: readonly RenamedGroup[]): object[] =>
  renames.map((each) => ({ ...renamedGroupsJson([each])[0], asShown: asShown(each.group, versionOf(each)) }));

export function decidedGroupRow({ rename: { name, to, members }, outcome }: DecidedGroup): Cell[] {
  if (outcome === 'changed')
    return [
      ['bad', outcome],
      `group ${name}`,
      '',
      'is not renamed like that any more: look at it with "connector held"',
    ];
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
