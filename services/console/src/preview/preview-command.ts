/** `connector preview`: what a sync would do now. Both ends are read; nothing is written but, with `--out`, a plan file. */
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import { countingPolicy } from '@connector/sync/plan/policy-in-force.ts';
import type { HowFar } from '@connector/sync/preview/how-far.ts';
import { type Preview, previewRun } from '@connector/sync/preview/preview.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { lastpassReader } from '../lastpass-reader.ts';
import { type PlanFile, placeOf, planFileOf } from '../plan-file/plan-file.ts';
import { checkPlanFilePath, writePlanFile } from '../plan-file/write-plan-file.ts';
import { untold } from '../progress/report.ts';
import type { Session } from '../session.ts';
import { previewCsv } from './preview-csv.ts';
import { previewJson } from './preview-json.ts';
import { previewText } from './preview-text.ts';

export interface PreviewCommandOptions extends Common {
  readonly csv: boolean;
  /** Where a plan file is to be written; `null`: nowhere. */
  readonly out: string | null;
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
}

export async function preview(context: Context, { json, csv, out, signal }: PreviewCommandOptions): Promise<ExitCode> {
  const { terminal } = context;
  if (out !== null) checkPlanFilePath(out);
  const shown = await makePreview(context.session, { signal, onProgress: json ? untold : terminal.progress });
  const written = out === null ? null : { file: out, plan: await writeOut(context, out, shown) };
  if (json) printJson(context, previewJson(shown, written));
  else print(context, csv ? previewCsv(shown) : previewText(shown, { written, paint: terminal.paint }));
  return 0;
}

/** Reads both ends, and tells what a sync would do. @throws what `previewRun` throws, and CredentialsRefused */
export async function makePreview(
  session: Session,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (howFar: HowFar) => void },
): Promise<Preview> {
  const { store, configuration } = session;
  return await previewRun({
    store,
    directories: configuration.directories,
    policy: configuration.policy,
    connect: (directory, preferred) => connectDirectory({ ...connectionOptions(directory), preferred }, signal),
    lastpass: await lastpassReader(session),
    signal,
    onProgress,
  });
}

async function writeOut({ session, by }: Context, file: string, shown: Preview): Promise<PlanFile> {
  const { store, configuration } = session;
  const { policy } = await countingPolicy(store, configuration.policy);
  const plan = planFileOf(shown, {
    by,
    madeAtMs: Date.now(),
    place: placeOf(configuration, policy),
    directories: configuration.directories.map(({ id }) => id),
  });
  writePlanFile(file, plan);
  return plan;
}
