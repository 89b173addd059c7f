/** The services, by what they say of themselves in Redis. */
import type { Store } from '@connector/shared/store.ts';
import { readPause } from '@connector/sync/requests/steering.ts';
import { readServiceStates, serviceProblems } from '../status/service-states.ts';
import { momentText } from '../text/when.ts';
import type { Finding } from './findings.ts';

const end = 'services';

/** @param somebody stands for whoever has paused all deliveries, where that isn't to be told */
export async function checkServices(store: Store, somebody: string | undefined): Promise<Finding[]> {
  const problems = serviceProblems(await readServiceStates(store, Date.now()));
  const found: Finding[] = problems.map((text) => ({ grade: 'warning', end, what: 'services', text }));
  if (problems.length === 0)
    found.push({ grade: 'ok', end, what: 'services', text: 'watcher, reconciler and pusher are ready' });
  const pause = await readPause(store);
  if (pause === null) return found;
  const text = `${somebody ?? pause.by} paused all deliveries at ${momentText(pause.atMs)}: "connector resume"`;
  return [...found, { grade: 'warning', end, what: 'pause', text }];
}
