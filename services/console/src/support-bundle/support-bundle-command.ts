/** `connector support-bundle`: one file for whoever helps, to be read before it is sent. */
import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Common, type Context, type ExitCode, print, printJson } from '../context.ts';
import { refusalOf, writeNew } from '../new-file.ts';
import { untold } from '../progress/report.ts';
import { jsonText } from '../terminal.ts';
import { counted } from '../text/when.ts';
import { makeSupportBundle, noteSupportBundle, type SupportBundle } from './support-bundle.ts';

export interface SupportBundleOptions extends Common {
  /** Where it is written; `null`: a file in this folder, named after the time. */
  readonly out: string | null;
  /** Given when the person doesn't want to wait any longer. */
  readonly signal: AbortSignal;
}

/** Writes it, or prints it with `json`. @throws FileNotWritten */
export async function supportBundle(context: Context, { json, out, signal }: SupportBundleOptions): Promise<ExitCode> {
  const { session, terminal, by } = context;
  const file = json ? null : (out ?? `connector-support-${new Date().toISOString().replaceAll(/[-:]|\..*/g, '')}.json`);
  if (file !== null) checkFile(file);
  const onProgress = json ? untold : terminal.progress;
  const bundle = await makeSupportBundle(session, { signal, onProgress });
  // Whoever is to mend a Redis that doesn't answer needs it all the same; it names nobody.
  const isNoted = await noteSupportBundle(session.store, by).then(
    () => true,
    () => false,
  );
  if (file === null) printJson(context, bundle);
  else {
    const text = `${jsonText(bundle)}\n`;
    writeNew(file, text);
    print(context, writtenText(file, { bundle, bytes: Buffer.byteLength(text), isNoted }));
  }
  return bundle.missing.length === 0 ? 0 : 1;
}

/** Sees, before anything long begins, whether it can be written there. */
function checkFile(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw refusalOf(file, cause);
  }
  if (existsSync(file)) throw refusalOf(file, { code: 'EEXIST' });
}

function writtenText(
  file: string,
  { bundle, bytes, isNoted }: { bundle: SupportBundle; bytes: number; isNoted: boolean },
): string[] {
  const { queues, redis, log, missing } = bundle;
  return [
    `Wrote ${file}, ${Math.ceil(bytes / 1_000)} kB: versions, the configuration without secrets, status, check, ${counted(queues.length, 'queue', 'queues')}, ${counted(redis.keys.length, 'kind of key', 'kinds of keys')} in Redis, ${counted(log.length, 'line', 'lines')} of the logs.`,
    'No password, token or provhash is in it, and nobody’s name or mail address: people are objectGUIDs. It is one text: read it before you send it.',
    ...missing.map(({ part, why }) => `Missing: ${part}, as ${why}`),
    ...(isNoted ? [] : ['The audit trail doesn’t tell of it, as Redis didn’t take that.']),
  ];
}
