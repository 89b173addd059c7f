/** `connector undo`: who was disabled within the last day, and taking it back. */

import { asShown } from '../as-shown.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { findPeople, type NotFound, notFoundJson, notFoundRow } from '../not-found.ts';
import { ringPlanners } from '../ring-planners.ts';
import { whatStops, whenText } from '../steer/what-stops.ts';
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
  const others = { notFound, stopped: await whatStops(store, session.configuration) };
  if (json) printJson(context, undoJson(told, others));
  else print(context, undoText(told, { ...others, paint: terminal.paint }));
  return notFound.length === 0 && told.every(({ outcome }) => outcome !== 'changed') ? 0 : 1;
}

interface Others {
  readonly notFound: readonly NotFound[];
  /** What keeps all deliveries back; `null`: nothing. */
  readonly stopped: string | null;
}

function undoText(told: readonly Told[], { notFound, stopped, paint }: Others & { readonly paint: Paint }): string[] {
  const meaning: Record<Told['outcome'], string> = {
    undoable: '',
    undone: `is enabled ${stopped === null ? 'now' : 'later'}, and stays so as long as the reason is the same`,
    changed: 'has changed meanwhile, or is being delivered: look again',
  };
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
  const isLater = stopped !== null && told.some(({ outcome }) => outcome === 'undone');
  if (!isList)
    return [...aligned(rows, { paint, indent: 0 }), ...(isLater ? [`It happens ${whenText(stopped)}.`] : [])];
  return [
    `${counted(told.length, 'person was', 'people were')} disabled within the last day.`,
    ...aligned(rows, { paint }),
    '',
    'Enable them again with "connector undo <who…>" or --all.',
  ];
}

const undoJson = (told: readonly Told[], { notFound, stopped }: Others): object => ({
  stopped,
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
