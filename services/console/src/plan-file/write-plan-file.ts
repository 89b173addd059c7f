/** Writing a plan file: whole or not at all, for its owner's eyes, and over nothing but an earlier one. */
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type PlanFile, planFormat } from './plan-file.ts';
import { planFileText } from './plan-file-text.ts';
import { PlanFileError } from './read-plan-file.ts';

const refusal = (file: string, cause: unknown): PlanFileError =>
  new PlanFileError(file, [`can't be written (${(cause as NodeJS.ErrnoException).code}): name another file`], {
    cause,
  });

/**
 * Sees, before anything long begins, that a plan file can be written there.
 * @throws PlanFileError when its folder can't be written to, or when something else stands there
 */
export function checkPlanFilePath(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw refusal(file, cause);
  }
  const before = textIfThere(file);
  if (before !== null && !isPlanFile(before))
    throw new PlanFileError(file, ['is there already, and is no plan file: it is left as it is, name another one']);
}

function textIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw refusal(file, cause);
  }
}

/** Whether a text begins as a plan file does, however it was edited since. */
const isPlanFile = (text: string): boolean => new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${planFormat}"`).test(text);

/**
 * Writes it. It holds people's data, so nobody but its owner may read it; a power cut leaves the earlier file or this one.
 * @throws PlanFileError
 */
export function writePlanFile(file: string, plan: PlanFile): void {
  const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    const descriptor = openSync(unfinished, 'wx', 0o600);
    try {
      writeFileSync(descriptor, planFileText(plan));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    checkPlanFilePath(file); // somebody may have put something else there meanwhile
    renameSync(unfinished, file);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw cause instanceof PlanFileError ? cause : refusal(file, cause);
  }
}
