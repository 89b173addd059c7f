/** `connector debug-log`: having every service tell more for a while. */
import { readDebugLog, switchDebugLog } from '@connector/shared/debug-log.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { isoText, momentText } from '../text/when.ts';

export interface DebugLogOptions extends Common {
  /** `null`: only to be told of. */
  readonly on: boolean | null;
  readonly forMs: number;
}

export async function switchDebug(context: Context, { on, forMs, json }: DebugLogOptions): Promise<ExitCode> {
  const { store } = context.session;
  if (on !== null) {
    const atMs = Date.now();
    await switchDebugLog(store, { by: context.by, atMs, untilMs: on ? atMs + forMs : null });
    await store.makeDurable();
  }
  const now = await readDebugLog(store, Date.now());
  if (json)
    printJson(context, {
      debugLog: now !== null,
      by: now?.by ?? null,
      until: now === null ? null : isoText(now.untilMs),
    });
  else
    print(context, [
      now === null
        ? 'The debug log is off.'
        : `The debug log is on until ${momentText(now.untilMs)}, as ${now.by} wants it: see the logs of the services.`,
    ]);
  return 0;
}
