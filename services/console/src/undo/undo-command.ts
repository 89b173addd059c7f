/** `connector undo`: who was disabled within the last day, and taking it back. */

import { asShown } from '../as-shown.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { findPeople, type NotFound, notFoundJson, notFoundRow } from '../not-found.ts';
import { ringPlanners } from '../ring-planners.ts';
import { aligned, type Cell } from '../text/aligned.ts';
import type { Paint } from '../text/paint.ts';
import { counted, isoText, momentText } from '../text/when.ts';
import { readUndoable, type UndoablePerson, type Undone, undo as undoOne } from './undoable-people.ts';

export interface UndoOptions extends Common {
  /** User names, person keys or objectGUIDs, or people as shown. */
  readonly who: readonly string[];
  /** Everybody who can be meant. */
  readonly all: boolean;
}

interface Told {
  readonly of: UndoablePerson;
  readonly outcome: Undone | 'undoable';
}

/** Without anybody named it only lists whom it could be about. */
export async function undo(context: Context, { who, all, json }: UndoOptions): Promise<ExitCode> {
  const { session, terminal } = context;
  const { store } = session;
  const nowMs = Date.now();
  const everybody = await readUndoable(store, nowMs);
  const { found, changed, notFound } =
    who.length > 0
      ? findPeople(everybody, who, ({ digest }) => digest)
      : { found: everybody, changed: [], notFound: [] };
  const told: Told[] = changed.map((of) => ({ of, outcome: 'changed' }));
  for (const of of found) {
    const isOnlyListed = who.length === 0 && !all;
    told.push({ of, outcome: isOnlyListed ? 'undoable' : await undoOne(store, of, { by: context.by, atMs: nowMs }) });
  }
  const undone = told.filter(({ outcome }) => outcome === 'undone').map(({ of }) => of.person);
  if (undone.length > 0) {
    await store.makeDurable(); // what is told below must outlive a crash of Redis
    await ringPlanners(session, undone);
  }
  if (json) printJson(context, undoJson(told, notFound));
  else print(context, undoText(told, notFound, terminal.paint));
  return notFound.length === 0 && told.every(({ outcome }) => outcome !== 'changed') ? 0 : 1;
}

const meaning: Record<Told['outcome'], string> = {
  undoable: '',
  undone: 'is enabled now, and stays so as long as the reason is the same',
  changed: 'has changed meanwhile, or is being delivered: look again',
};

function undoText(told: readonly Told[], notFound: readonly NotFound[], paint: Paint): string[] {
  if (told.length === 0 && notFound.length === 0) return ['Nobody was disabled within the last day.'];
  const isList = told.some(({ outcome }) => outcome === 'undoable');
  const rows = [
    ...told.map(({ of: { name, username, because, atMs }, outcome }): Cell[] =>
      outcome === 'undoable'
        ? [name, username, ['weak', momentText(atMs)], because]
        : [outcome === 'undone' ? ['good', outcome] : ['bad', outcome], name, username, meaning[outcome]],
    ),
    ...notFound.map((each) =>
      notFoundRow(each, 'nobody of that name was disabled within the last day: see "connector undo"'),
    ),
  ];
  if (!isList) return aligned(rows, { paint, indent: 0 });
  return [
    `${counted(told.length, 'person was', 'people were')} disabled within the last day.`,
    ...aligned(rows, { paint }),
    '',
    'Enable them again with "connector undo <who…>" or --all.',
  ];
}

const undoJson = (told: readonly Told[], notFound: readonly NotFound[]): object => ({
  people: told.map(({ of: { person, username, name, because, atMs, digest }, outcome }) => ({
    person,
    username,
    name,
    because,
    disabledAt: isoText(atMs),
    asShown: asShown(person, digest),
    outcome,
  })),
  notFound: notFoundJson(notFound),
});
