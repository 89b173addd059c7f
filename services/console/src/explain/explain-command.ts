/** `connector explain`: why somebody is synced, or isn't. */
import { folded } from '@connector/shared/people-with-mail.ts';
import { notYet, openContext, type Context as Planning } from '@connector/sync/plan/planning-context.ts';
import { NotPlanned } from '../apply/read-afresh.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import type { NotFound } from '../not-found.ts';
import type { Session } from '../session.ts';
import { whatStops } from '../steer/what-stops.ts';
import { explainJson } from './explain-json.ts';
import { explainText } from './explain-text.ts';
import { findPeople } from './find-people.ts';
import { readStory, type Story } from './story.ts';

/** So many people of one name are told of; of more, who they are. */
const atMost = 10;

export interface ExplainOptions extends Common {
  readonly who: readonly string[];
}

/** @throws NotPlanned before anything can be said of anybody */
export async function explain(context: Context, { who, json }: ExplainOptions): Promise<ExitCode> {
  const { store, configuration } = context.session;
  const opened = await openPlanning(context.session);
  const stopped = await whatStops(store, configuration);
  const stories = new Map<string, Story>();
  const notFound: NotFound[] = [];
  for (const name of new Set(who)) {
    const found = await findPeople(opened, name, context.roster);
    if (found.length === 0 || found.length > atMost) notFound.push({ who: name, candidates: found });
    else
      for (const person of found) {
        const story = await readStory({ context: opened, stopped, nowMs: Date.now() }, person);
        if (story === null) notFound.push({ who: name, candidates: [] });
        else stories.set(person, story);
      }
  }
  const told = { stories: [...stories.values()], notFound, strangers: await strangersAmong(opened, notFound) };
  if (json) printJson(context, explainJson(told.stories, notFound));
  else print(context, explainText(told, context.terminal.paint));
  return notFound.length === 0 ? 0 : 1;
}

/** What planning works with, by which people are told of. @throws NotPlanned before anything can be said of anybody */
export async function openPlanning({
  store,
  configuration,
}: Pick<Session, 'store' | 'configuration'>): Promise<Planning> {
  const { policy, directories } = configuration;
  const planning = { store, policy, directories };
  const opened = await openContext(planning);
  if (opened === null) throw new NotPlanned(`nothing can be said of anybody yet: ${await notYet(planning)}`);
  return opened;
}

/** Names by which LastPass has an account that nobody is linked to. */
async function strangersAmong({ store }: Planning, notFound: readonly NotFound[]): Promise<ReadonlySet<string>> {
  const names = notFound.map(({ who }) => who);
  const raws = await Promise.all(names.map((name) => store.redis.hget(store.keys.accounts, folded(name))));
  return new Set(names.filter((_, index) => raws[index] !== null));
}
