/** A preview as one list: everybody for whom something would be done, and who stands in the way of nothing but themselves. Pure. */
import type { AccountBefore, PreviewedSync, Step } from '../../api/documents.ts';

/** What would become of somebody's steps; the words of the CSV. */
export type PreviewedOutcome = 'sent' | 'held' | 'pending' | 'set aside' | 'drift';

/** What a row is about: a kind of step, or what keeps somebody from having any. */
export type ChangeKind = Step['kind'] | 'rename-group' | 'set aside' | 'drift';

export interface PreviewedRow {
  readonly key: string;
  readonly outcome: PreviewedOutcome;
  /** Person key; `null` for a renamed group. */
  readonly person: string | null;
  /** `null` where it isn't told, as of whoever is set aside. */
  readonly username: string | null;
  readonly name: string;
  readonly account: AccountBefore | null;
  readonly steps: readonly Step[];
  /** Of a renamed group: its name in Active Directory. */
  readonly renamedTo: string | null;
  /** Why it isn't sent; `null` for whatever is. */
  readonly because: string | null;
  readonly kinds: readonly ChangeKind[];
  readonly isLeaver: boolean;
  /** What is searched, in lower case. */
  readonly text: string;
}

/** The steps that make somebody a leaver: what the guard counts. */
const leaverKinds: readonly ChangeKind[] = ['disable', 'withdraw', 'remove', 'delete'];
export const isLeaverKind = (kind: ChangeKind): boolean => leaverKinds.includes(kind);

type Told = Omit<PreviewedRow, 'key' | 'isLeaver' | 'text'> & { readonly id: string };

const nothing = { username: null, account: null, steps: [], renamedTo: null, because: null } as const;

function rowOf({ id, ...told }: Told): PreviewedRow {
  const { outcome, name, username, kinds, renamedTo } = told;
  return {
    ...told,
    key: `${outcome} ${id}`, // of whom a part is held is there twice
    isLeaver: kinds.some(isLeaverKind),
    text: [name, username, renamedTo, id].filter(Boolean).join('\n').toLowerCase(),
  };
}

/** Everybody, leavers first, then by name. */
export function rowsIn({ sent, held, pending, groups, setAside, deletedByHand }: PreviewedSync): PreviewedRow[] {
  const planned = (outcome: PreviewedOutcome, people: PreviewedSync['sent'] | PreviewedSync['held']) =>
    people.map(({ person, username, name, account, steps, ...rest }) =>
      rowOf({
        ...{ ...nothing, id: person, outcome, person, username, name, account, steps },
        kinds: [...new Set(steps.map(({ kind }) => kind))],
        because: 'because' in rest ? rest.because : null,
      }),
    );
  const rows = [
    ...planned('sent', sent),
    ...planned('held', held),
    ...planned('pending', pending),
    ...groups.map(({ group, name, to, because }) =>
      rowOf({
        ...{ ...nothing, id: group, outcome: 'held', person: null, name, renamedTo: to, because },
        kinds: ['rename-group'],
      }),
    ),
    ...setAside.map(({ person, name, reason }) =>
      rowOf({ ...nothing, id: person, outcome: 'set aside', person, name, because: reason, kinds: ['set aside'] }),
    ),
    ...deletedByHand.map(({ person, name, reason }) =>
      rowOf({ ...nothing, id: person, outcome: 'drift', person, name, because: reason, kinds: ['drift'] }),
    ),
  ];
  // By code units: a collator takes a second for 100,000 names.
  return rows.sort(
    (a, b) => Number(b.isLeaver) - Number(a.isLeaver) || Number(a.text > b.text) - Number(a.text < b.text),
  );
}

/** What is looked for. */
export interface PreviewFilter {
  /** Any part of a name, user name or key. */
  readonly text: string;
  /** Any of these kinds; all where there is none. */
  readonly kinds: readonly ChangeKind[];
  readonly outcome: PreviewedOutcome | null;
}

export const noFilter: PreviewFilter = { text: '', kinds: [], outcome: null };

export function filtered(
  rows: readonly PreviewedRow[],
  { text, kinds, outcome }: PreviewFilter,
): readonly PreviewedRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '' && kinds.length === 0 && outcome === null) return rows;
  return rows.filter(
    (row) =>
      (outcome === null || row.outcome === outcome) &&
      (kinds.length === 0 || row.kinds.some((kind) => kinds.includes(kind))) &&
      row.text.includes(wanted),
  );
}

/** How many rows there are of each. */
export function countsBy<Key extends string>(
  rows: readonly PreviewedRow[],
  keysOf: (row: PreviewedRow) => readonly Key[],
): ReadonlyMap<Key, number> {
  const counts = new Map<Key, number>();
  for (const row of rows) for (const key of keysOf(row)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
