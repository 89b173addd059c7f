/** `connector held`, `pending`, `release`, `approve` and `reject`: who waits for a person's word, and the word. */

import type { Store } from '@connector/shared/store.ts';
import { renamedGroups } from '@connector/sync/plan/group-renames.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { findPeople } from '../not-found.ts';
import { ringPlanners } from '../ring-planners.ts';
import { whatStops } from '../steer/what-stops.ts';
import { decideAll, peopleDecided, type Verdict } from './decide.ts';
import { allDone, type Decisions, decidedJson, decidedText } from './decided-text.ts';
import { decideGroups, findGroups, heldGroupsJson, heldGroupsText } from './held-groups.ts';
import { type HeldPerson, readHeld, type WaitingList } from './held-people.ts';
import { heldJson, heldText } from './held-text.ts';

export interface ListOptions extends Common {
  readonly lists: readonly WaitingList[];
}

/** Lists who waits for a word; of the lists after the first only those with anybody on them. */
export async function list(context: Context, { lists, json }: ListOptions): Promise<ExitCode> {
  const { store } = context.session;
  const read = await Promise.all(lists.map(async (each) => ({ each, people: await readHeld(store, each) })));
  const groups = lists.includes('held') ? await renamedGroups(store) : null;
  if (json) {
    const people = read.map(({ each, people }) => heldJson(each, people));
    printJson(context, Object.assign({}, ...people, groups === null ? {} : { groups: heldGroupsJson(groups) }));
  } else {
    const { paint } = context.terminal;
    const shown = read.filter(({ people }, index) => index === 0 || people.length > 0);
    const renamed = heldGroupsText(groups ?? [], paint);
    const blocks = [
      ...shown.map(({ each, people }) => heldText(each, people, paint)),
      ...(renamed.length > 0 ? [renamed] : []),
    ];
    print(
      context,
      blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])),
    );
  }
  return 0;
}

/** The renamed groups that a person's word can be about: by name, a rejected one may be let go after all. */
const renamesFor = async (store: Store, verdict: 'released' | 'rejected') =>
  (await renamedGroups(store)).filter(
    (rename) => rename.verdict === 'held' || (verdict === 'released' && rename.verdict === 'rejected'),
  );

export interface DecideOptions extends Common {
  /** Those who can be meant. */
  readonly from: readonly WaitingList[];
  /** User names, person keys or objectGUIDs, names of renamed groups, or either as shown; empty: everybody. */
  readonly who: readonly string[];
  readonly verdict: Verdict;
}

export async function decide(context: Context, { who, from, verdict, json }: DecideOptions): Promise<ExitCode> {
  const { store, configuration } = context.session;
  const everybody = (await Promise.all(from.map((which) => readHeld(store, which)))).flat();
  const { found, changed, notFound } =
    who.length > 0
      ? findPeople(everybody, who, ({ guarded }: HeldPerson) => guarded)
      : { found: everybody, changed: [], notFound: [] };
  const { by } = context;
  const renames = verdict !== 'approved' && from.includes('held') ? await renamesFor(store, verdict) : [];
  const heldRenames = renames.filter((rename) => rename.verdict === 'held');
  const groupsMeant = findGroups(renames, notFound);
  const decided = [
    ...(await decideAll(store, found, { verdict, by, atMs: Date.now() })),
    ...changed.map((held) => ({ held, outcome: 'held again' as const })),
  ];
  const groups =
    verdict === 'approved'
      ? null
      : await decideGroups(store, who.length > 0 ? groupsMeant.found : heldRenames, { verdict, by });
  const otherwise = groupsMeant.changed.map((rename) => ({ rename, outcome: 'changed' as const }));
  const people = [...peopleDecided(decided, verdict), ...(groups?.people ?? [])];
  const stopped = await whatStops(store, configuration);
  const decisions: Decisions = {
    ...{ verdict, from, decided, stopped },
    groups: [...(groups?.decided ?? []), ...otherwise],
    notFound: groupsMeant.notFound,
  };
  if (decisions.decided.length + decisions.groups.length > 0) await store.makeDurable(); // told below: must outlive a crash
  if (people.length > 0) await ringPlanners(context.session, people);
  if (json) printJson(context, decidedJson(decisions));
  else print(context, decidedText(decisions, context.terminal.paint));
  return allDone(decisions) ? 0 : 1;
}
