/** `connector status`: whether everything runs, and how far it is. */
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { readStatus } from './status.ts';
import { statusJson } from './status-json.ts';
import { statusText } from './status-text.ts';

export interface StatusOptions extends Common {
  readonly all: boolean;
}

export async function status(context: Context, { json, all }: StatusOptions): Promise<ExitCode> {
  const { session, terminal } = context;
  const current = await readStatus(session.store, session.configuration, { nowMs: Date.now(), all });
  if (json) printJson(context, statusJson(current));
  else print(context, statusText(current, { paint: terminal.paint, all }));
  return current.problems.length === 0 ? 0 : 1;
}
