/**
 * The newest preview that somebody has asked the console for. One is made at a time; it stays in memory alone, and not for long, for it is about
 * everybody (promise 8: nothing of it is written anywhere).
 */
import { Worker } from 'node:worker_threads';
import type { Configuration } from '@connector/shared/configuration.ts';
import type { Logger } from 'pino';
import type { PreviewNews, PreviewTask } from './preview-thread.ts';

/** So long it can be looked at, ms: what it shows changes. */
const keptMs = 15 * 60_000;

interface Begun {
  /** Who asked for it. */
  readonly by: string;
  readonly begunAtMs: number;
}

/** How the newest preview is. */
export type PreviewState =
  | { readonly state: 'none' }
  | (Begun & { readonly state: 'under way'; readonly progress: string })
  /** `document` is JSON, as `connector preview --json` prints it. */
  | (Begun & { readonly state: 'made'; readonly madeAtMs: number; readonly document: string })
  | (Begun & { readonly state: 'failed'; readonly code: string; readonly message: string });

/** What is so once a thread has told something. */
function stateAfter(begun: Begun, news: PreviewNews): PreviewState {
  if (news.kind === 'progress') return { ...begun, state: 'under way', progress: news.text };
  if (news.kind === 'made') return { ...begun, state: 'made', madeAtMs: Date.now(), document: news.document };
  const { code, message } = news;
  return code === null
    ? { ...begun, state: 'failed', code: 'FAILED', message: 'it failed: the log of the console tells why' }
    : { ...begun, state: 'failed', code, message };
}

export interface LatestPreviewOptions {
  readonly configuration: Configuration;
  readonly log: Logger;
}

export class LatestPreview {
  readonly #options: LatestPreviewOptions;
  #state: PreviewState = { state: 'none' };
  #thread: Worker | null = null;
  #forgetting: NodeJS.Timeout | undefined;

  constructor(options: LatestPreviewOptions) {
    this.#options = options;
  }

  get state(): PreviewState {
    return this.#state;
  }

  /** Begins one, in place of the last; the one that is under way goes on. @param by who asks for it */
  begin(by: string): PreviewState {
    if (this.#state.state === 'under way') return this.#state;
    clearTimeout(this.#forgetting);
    const begun: Begun = { by, begunAtMs: Date.now() };
    const task: PreviewTask = { configuration: this.#options.configuration };
    const thread = new Worker(new URL('./preview-thread.ts', import.meta.url), { workerData: task });
    this.#thread = thread;
    this.#state = { ...begun, state: 'under way', progress: 'beginning' };
    const isCurrent = () => this.#thread === thread;
    thread.on('message', (news: PreviewNews) => {
      if (isCurrent()) this.#hear(begun, news);
    });
    thread.on('error', (error: Error) => {
      if (isCurrent()) this.#hear(begun, { kind: 'failed', code: null, message: error.message });
    });
    return this.#state;
  }

  #hear(begun: Begun, news: PreviewNews): void {
    this.#state = stateAfter(begun, news);
    if (news.kind === 'progress') return;
    if (news.kind === 'failed' && news.code === null) this.#options.log.error(`a preview failed: ${news.message}`);
    void this.#end();
    this.#forgetting = setTimeout(() => void this.giveUp(), keptMs).unref();
  }

  /** Ends the one that is under way, and forgets the one that is made. @returns whether there was any */
  async giveUp(): Promise<boolean> {
    const was = this.#state.state !== 'none';
    this.#state = { state: 'none' };
    clearTimeout(this.#forgetting);
    await this.#end();
    return was;
  }

  async #end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }
}
