/** `connector preview`: what a sync would do now. Both ends are read; nothing is written. */
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { connectionOptions } from '@connector/sync/directory/connection-options.ts';
import { previewRun } from '@connector/sync/preview/preview.ts';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { lastpassReader } from '../lastpass-reader.ts';
import { previewCsv } from './preview-csv.ts';
import { previewJson } from './preview-json.ts';
import { previewText } from './preview-text.ts';

export interface PreviewCommandOptions extends Common {
  readonly csv: boolean;
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
}

export async function preview(context: Context, { json, csv, signal }: PreviewCommandOptions): Promise<ExitCode> {
  const { store, configuration } = context.session;
  const { terminal } = context;
  const shown = await previewRun({
    store,
    directories: configuration.directories,
    policy: configuration.policy,
    connect: (directory, preferred) => connectDirectory({ ...connectionOptions(directory), preferred }, signal),
    lastpass: await lastpassReader(context.session),
    signal,
    onProgress: (text) => terminal.progress?.(text),
  });
  if (json) printJson(context, previewJson(shown));
  else print(context, csv ? previewCsv(shown) : previewText(shown, terminal.paint));
  return 0;
}
