import type { z } from 'zod';

const SHOWN = 5;

/** What zod found wrong, in one line: `users[3].username: …; seats: …` (the first five). */
export function problem(error: z.ZodError): string {
  const lines = error.issues.slice(0, SHOWN).map((issue) => `${pathText(issue.path)}: ${issue.message}`);
  const rest = error.issues.length - lines.length;
  return lines.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

function pathText(path: PropertyKey[]): string {
  if (path.length === 0) return 'the whole';
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at > 0 ? '.' : ''}${String(part)}`))
    .join('');
}
