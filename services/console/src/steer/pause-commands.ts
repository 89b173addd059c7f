/** `connector pause` and `connector resume`: stopping all deliveries, and letting them go on. */
import { pauseDelivery, readPause, resumeDelivery } from '@connector/sync/requests/steering.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { isoText, momentText } from '../text/when.ts';

export async function pause(context: Context, { json }: Common): Promise<ExitCode> {
  const { store } = context.session;
  const before = await readPause(store);
  if (before === null) {
    await pauseDelivery(store, { by: context.by, atMs: Date.now() });
    await store.makeDurable();
  }
  const now = before ?? (await readPause(store));
  if (json) printJson(context, { paused: true, by: now?.by ?? null, since: now === null ? null : isoText(now.atMs) });
  else
    print(context, [
      before === null
        ? 'Paused: nothing is sent to LastPass any more, leavers included, once the calls under way are answered.'
        : `${before.by} paused already, at ${momentText(before.atMs)}.`,
      'Reading and planning go on: "connector preview" shows what waits, "connector resume" lets it go.',
    ]);
  return 0;
}

export async function resume(context: Context, { json }: Common): Promise<ExitCode> {
  const { store } = context.session;
  const wasPaused = await resumeDelivery(store, { by: context.by, atMs: Date.now() });
  await store.makeDurable();
  if (json) printJson(context, { paused: false, wasPaused });
  else print(context, [wasPaused ? 'Resumed: what waits is sent now.' : 'Nothing was paused.']);
  return 0;
}
