/**
 * The tenant's state in a file, so that a rehearsal survives a restart.
 *
 * Written some moments after a change, and at the end, always whole and beside the old one, which it then replaces: a
 * crash leaves the old state or the new one, never half of one.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { problem } from './problem.ts';
import { type KeptState, type StateInput, stateSeed } from './state.ts';

const WRITE_DELAY_MS = 200;

/** The file can't be read or written; the message names it. */
export class StateFileError extends Error {
  readonly code = 'state-file';
}

/** The state in the file, or nothing where there is no such file yet. */
export async function loadState(path: string): Promise<StateInput | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  const parsed = stateSeed.safeParse(jsonOf(text, path));
  if (parsed.success) return parsed.data;
  throw new StateFileError(`the state file ${path} isn't valid (${problem(parsed.error)}): mend it or move it away`);
}

export type StateFile = {
  /** Has the state written soon. */
  changed(): void;
  /** Writes what is still unwritten. */
  close(): Promise<void>;
};

/** Keeps the file up to date; `onError` hears of a write that failed, and the next change tries again. */
export function stateFile(options: {
  path: string;
  snapshot: () => KeptState;
  onError: (error: Error) => void;
}): StateFile {
  let timer: NodeJS.Timeout | null = null;
  let isDirty = false;
  let writing: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    timer = null;
    isDirty = false;
    writing = writing.catch(() => undefined).then(() => replaceFile(options.path, options.snapshot()));
    return writing;
  };
  const writeLater = () => {
    write().catch((error: Error) => {
      isDirty = true;
      options.onError(error);
    });
  };
  return {
    changed() {
      isDirty = true;
      timer ??= setTimeout(writeLater, WRITE_DELAY_MS);
    },
    async close() {
      if (timer) clearTimeout(timer);
      await (isDirty ? write() : writing);
    },
  };
}

async function replaceFile(path: string, state: KeptState): Promise<void> {
  const beside = `${path}.new`;
  try {
    await using file = await open(beside, 'w', 0o600);
    await file.writeFile(`${JSON.stringify(state, null, 1)}\n`);
    await file.sync();
    await rename(beside, path);
  } catch (cause) {
    throw new StateFileError(`can't write the state file ${path}: ${textOfError(cause)}`, { cause });
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new StateFileError(`can't read the state file ${path}: ${textOfError(cause)}`, { cause });
  }
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StateFileError(`the state file ${path} isn't JSON: mend it or move it away`, { cause });
  }
}

function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
