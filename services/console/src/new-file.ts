/** Files that a command writes: only where none is yet, and for nobody else to read. */
import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';

/** A file can't be written. The message is one line with the remedy. */
export class FileNotWritten extends Error {
  override readonly name = 'FileNotWritten';
  readonly code = 'FILE_NOT_WRITTEN';
}

/** Why a file isn't written, by what the system says. */
export function refusalOf(file: string, cause: unknown): FileNotWritten {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === 'EEXIST' ? 'is there already' : `can't be written (${code})`;
  return new FileNotWritten(`${file} ${why}: name another file with --out`, { cause });
}

/** Writes a file that must not exist yet (mode 0600); it is on the disk when this returns. @throws FileNotWritten */
export function writeNew(file: string, text: string): void {
  try {
    const opened = openSync(file, 'wx', 0o600);
    try {
      writeFileSync(opened, text);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    throw refusalOf(file, cause);
  }
}
