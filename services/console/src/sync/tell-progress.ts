/** Telling on a terminal how a long wait gets on. */
import type { Terminal } from '../terminal.ts';
import { ProgressLines, problemLines, progressText } from './progress.ts';
import type { Look } from './wait-for-sync.ts';

/** Tells problems as they come and go, and how far it is. */
export function tellerOn({ line, progress }: Terminal): (look: Look) => void {
  const lines = new ProgressLines();
  let told: readonly string[] = [];
  return ({ outstanding, timeLeftMs, problems }) => {
    for (const text of problemLines(told, problems)) line(text);
    told = problems;
    if (outstanding === null) return;
    if (progress) return progress(progressText({ outstanding, timeLeftMs }));
    const next = lines.next({ outstanding, timeLeftMs }, performance.now());
    if (next !== null) line(next);
  };
}
