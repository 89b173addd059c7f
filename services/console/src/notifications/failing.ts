/** Ways by which messages don't get out, for the status: administrators who aren't told can at least see that. */
import type { NotificationSettings } from '@connector/shared/notification-settings.ts';
import type { Store } from '@connector/shared/store.ts';
import { readOutbox } from './outbox.ts';
import { type WayName, wayNames } from './way.ts';

export interface FailingWay {
  readonly way: WayName;
  /** Messages that wait for this way. */
  readonly waiting: number;
  /** When the oldest of those that failed was written, ms since 1970. */
  readonly sinceMs: number;
  /** Why its last try failed, with the remedy. */
  readonly failure: string;
}

/** Reads them; empty while everything gets out. @param settings only ways that are configured there are told of */
export async function readFailingWays(store: Store, settings: NotificationSettings | null): Promise<FailingWay[]> {
  if (settings === null) return [];
  const outbox = await readOutbox(store);
  return wayNames.flatMap((way) => {
    if (settings[way] === undefined) return [];
    const waiting = outbox.filter((each) => each.way === way);
    const [oldest] = waiting.filter(({ attempts }) => attempts > 0);
    if (oldest === undefined) return [];
    return [{ way, waiting: waiting.length, sinceMs: oldest.atMs, failure: oldest.failure ?? '' }];
  });
}
