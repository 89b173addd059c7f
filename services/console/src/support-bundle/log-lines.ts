/** Lines of the services' logs as a support bundle has them. */
import type { LogLine } from '@connector/shared/recent-log.ts';

/** What a line may say in words; numbers may stand everywhere. Whoever did something, and from which address, isn't in it. */
const told: ReadonlySet<string> = new Set([
  ...['time', 'service', 'msg', 'code', 'command', 'outcome', 'directory', 'change', 'changes', 'who', 'problem'],
  ...['notYet', 'url', 'reason', 'method', 'route', 'err'],
]);

/** A line without fields that might name somebody: only what is known not to. People are objectGUIDs in it (`loggedPeople`). */
export const bundledLine = (line: LogLine): object => Object.fromEntries(Object.entries(line).filter(isTold));

const isTold = ([name, value]: [string, unknown]): boolean =>
  typeof value === 'number' || typeof value === 'boolean' || told.has(name);
