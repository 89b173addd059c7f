/**
 * A preview in a thread of its own, for the console: which goes on answering, however many people are planned, and survives a preview for which there
 * isn't memory enough.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Configuration } from '@connector/shared/configuration.ts';
import { openStore } from '@connector/shared/store.ts';
import { howFarText } from '@connector/sync/preview/how-far.ts';
import { sessionOf } from '../session.ts';
import { makePreview } from './preview-command.ts';
import { previewJson } from './preview-json.ts';

/** What the thread is given. */
export interface PreviewTask {
  readonly configuration: Configuration;
}

/** What it tells: how far it is, and how it ended. */
export type PreviewNews =
  | { readonly kind: 'progress'; readonly text: string }
  /** @property document - as `connector preview --json` prints it, in JSON */
  | { readonly kind: 'made'; readonly document: string }
  /** @property code - of an error whose message is for people; `null`: of any other */
  | { readonly kind: 'failed'; readonly code: string | null; readonly message: string };

const { configuration }: PreviewTask = workerData;
const tell = (news: PreviewNews): void => parentPort?.postMessage(news);

const { redis } = configuration;
using session = sessionOf({
  configuration,
  store: openStore({ target: redis, prefix: redis.prefix, name: 'preview' }),
});
try {
  await session.store.check();
  const shown = await makePreview(session, {
    signal: new AbortController().signal, // whoever gives it up ends the thread
    onProgress: (howFar) => tell({ kind: 'progress', text: howFarText(howFar) }),
  });
  tell({ kind: 'made', document: JSON.stringify(previewJson(shown)) });
} catch (error) {
  const told = session.explain(error);
  const { code, message } = told as { code?: unknown; message: string };
  tell({ kind: 'failed', code: typeof code === 'string' ? code : null, message });
}
