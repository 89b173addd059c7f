/** What keeps all deliveries back, for whoever has just decided something or wants to know why nothing happens. */
import type { Configuration } from '@connector/shared/configuration.ts';
import type { Store } from '@connector/shared/store.ts';
import { readReviewedRun } from '@connector/sync/requests/reviewed-run.ts';
import { readPause, readRun } from '@connector/sync/requests/steering.ts';
import { readAlarm } from '../status/status.ts';
import { momentText } from '../text/when.ts';

/**
 * Why nothing that is planned now is sent, in words that go on after a colon or `as`; `null`: nothing keeps it back.
 * @throws what Redis throws
 */
export async function whatStops(store: Store, { lastpass, sync }: Configuration): Promise<string | null> {
  const [pause, alarm] = await Promise.all([readPause(store), readAlarm(store, lastpass)]);
  if (pause !== null) return `${pause.by} paused all deliveries at ${momentText(pause.atMs)}: "connector resume"`;
  if (alarm !== null) return `LastPass refuses the credentials: ${alarm.message}`;
  const { redis, keys } = store;
  if ((await redis.exists(keys.accountsRead)) === 0)
    return 'nothing is sent before the accounts at LastPass were read: "connector status" tells what keeps them from it';
  if (sync.mode === 'automatic' || (await readRun(store)) !== null) return null;
  const reviewed = await readReviewedRun(store);
  return reviewed === null
    ? 'nothing is sent in manual mode before somebody asks for it: "connector sync"'
    : `only what the plan file says that ${reviewed.by} applies is sent now, in manual mode: then "connector sync"`;
}

/** When something that was just decided happens: goes on after a verb. @param stopped as {@link whatStops} tells it */
export const whenText = (stopped: string | null): string => (stopped === null ? 'now' : `later, as ${stopped}`);
