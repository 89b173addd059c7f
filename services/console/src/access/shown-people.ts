/** An administrator who asks to see people in the queues sees them for a while, in the session in which they asked; the audit trail tells of it. */
import { auditWrite } from '@connector/shared/audit.ts';
import type { Store } from '@connector/shared/store.ts';
import { digestOf } from './sessions.ts';

/** So long, ms; then they ask again. */
const shownForMs = 15 * 60_000;

/**
 * Shows people to a session.
 * @param secret the session's
 * @param by whose session it is
 * @returns until when, ms since 1970; `null`: the session is over
 */
export async function showPeople(
  { keys, commit, makeDurable }: Store,
  { secret, by }: { secret: string; by: string },
): Promise<number | null> {
  const atMs = Date.now();
  const digest = digestOf(secret);
  const untilMs = atMs + shownForMs;
  const told = { atMs, by, did: 'looked at people in the queues', was: null, is: { untilMs }, source: null };
  const { committed } = await commit({
    guards: [{ command: ['EXISTS', keys.session(digest)], is: '1' }],
    writes: [
      ['SET', keys.peopleShown(digest), String(untilMs), 'PX', String(shownForMs)],
      auditWrite(keys, { ...told, of: { kind: 'queues', id: '', name: '' } }),
    ],
  });
  if (!committed) return null;
  await makeDurable(); // nobody is shown what the trail could forget
  return untilMs;
}

/** Whether people are shown to a session by now. */
export async function arePeopleShown({ redis, keys }: Store, secret: string): Promise<boolean> {
  return (await redis.exists(keys.peopleShown(digestOf(secret)))) === 1;
}
