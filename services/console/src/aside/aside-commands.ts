/** `connector aside` and `connector retry`: who can't be synced until something is mended, and trying again. */
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { findPeople } from '../not-found.ts';
import { ringPlanners } from '../ring-planners.ts';
import { readAside, retryPerson } from './aside-people.ts';
import { asideJson, asideText, type RetriedPerson, retriedJson, retriedText } from './aside-text.ts';

export async function aside(context: Context, { json }: Common): Promise<ExitCode> {
  const people = (await readAside(context.session.store)).filter(({ kind }) => kind !== 'drift');
  if (json) printJson(context, asideJson(people));
  else print(context, asideText(people, context.terminal.paint));
  return 0;
}

export interface RetryOptions extends Common {
  /** User names, mails, person keys or objectGUIDs, or people as shown; empty: everybody on `lists`. */
  readonly who: readonly string[];
  readonly lists: readonly ('aside' | 'drift')[];
}

export async function retry(context: Context, { who, lists, json }: RetryOptions): Promise<ExitCode> {
  const { session, terminal } = context;
  const { store } = session;
  const everybody = await readAside(store);
  const isOn = ({ kind }: { kind: string }) => lists.includes(kind === 'drift' ? 'drift' : 'aside');
  const { found, changed, notFound } =
    who.length > 0
      ? findPeople(everybody, who, ({ kind }) => kind)
      : { found: everybody.filter(isOn), changed: [], notFound: [] };
  const retried: RetriedPerson[] = changed.map((each) => ({ aside: each, outcome: 'changed' }));
  const directories = session.configuration.directories.map(({ id }) => id);
  for (const each of found)
    retried.push({ aside: each, outcome: await retryPerson(store, each, { directories, by: context.by }) });
  const done = retried.filter(({ outcome }) => outcome === 'retried');
  if (done.length > 0) {
    await store.makeDurable(); // what is told below must outlive a crash of Redis
    await ringPlanners(
      session,
      done.map(({ aside: { person } }) => person),
    );
  }
  if (json) printJson(context, retriedJson(retried, notFound));
  else print(context, retriedText(retried, notFound, terminal.paint));
  return notFound.length === 0 && done.length === retried.length ? 0 : 1;
}
