/** `connector policy`: which policy counts, what another one would do, and bringing it into force. */
import { WrongUsage } from '../command-line/wrong-usage.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { untold } from '../progress/report.ts';
import { considerEdit, type Edit, makeEdit } from './edit.ts';
import { readHistory, revisionsOf } from './policy-history.ts';
import { editJson, policyJson, revisionJson } from './policy-json.ts';
import { readPolicyNow } from './policy-now.ts';
import { editText, historyText, policyText } from './policy-text.ts';
import type { Wanted } from './wanted-policy.ts';

/** Tells which policy counts. */
export async function policy(context: Context, { json }: Common): Promise<ExitCode> {
  const { store, configuration } = context.session;
  const now = await readPolicyNow(store, configuration);
  if (json) printJson(context, policyJson(now));
  else print(context, policyText(now, context.terminal.paint));
  return 0;
}

/** Tells which ones counted before. */
export async function history(context: Context, { json }: Common): Promise<ExitCode> {
  const revisions = revisionsOf(await readHistory(context.session.store));
  if (json) printJson(context, { history: revisions.map(revisionJson) });
  else print(context, historyText(revisions, context.terminal.paint));
  return 0;
}

export interface SetPolicyOptions extends Common {
  readonly wanted: Wanted;
  /** Number of the policy that somebody has looked at; `null`: whichever counts now. */
  readonly number: number | null;
  /** Nobody is asked. */
  readonly yes: boolean;
  /** Nothing is changed. */
  readonly dryRun: boolean;
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
}

/** Shows what an edit would do, and makes it. @throws WrongUsage, and what `considerEdit` and `makeEdit` throw */
export async function setPolicy(context: Context, options: SetPolicyOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { yes, dryRun, json } = options;
  if (!yes && !dryRun && terminal.ask === null)
    throw new WrongUsage('nobody can be asked here, say --yes or --dry-run', { command: 'connector policy' });
  const edit = await considerEdit(context, { ...options, onHowFar: json ? untold : terminal.progress });
  if (edit !== null && !json) print(context, editText(edit, terminal.paint));
  const isWanted =
    edit !== null && !dryRun && (yes || (await terminal.ask?.('Bring this policy into force?')) === true);
  options.signal.throwIfAborted();
  const number = isWanted ? await makeEdit(context, edit) : null;
  if (json) printJson(context, editJson(edit, number));
  else print(context, [outcomeText(edit, { number, dryRun })]);
  return 0;
}

function outcomeText(edit: Edit | null, { number, dryRun }: { number: number | null; dryRun: boolean }): string {
  if (edit === null) return 'The policy is so already.';
  if (number !== null)
    return `Policy ${number} is in force. Every directory is read afresh; "connector status" tells when it is settled.`;
  return dryRun ? 'Nothing was changed.' : 'Nothing was changed, as you wished.';
}
