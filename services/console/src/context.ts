/** What every command works with, and how it ends. */
import { userInfo } from 'node:os';
import type { Roster } from './people/roster.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

/** 0: as wanted; 1: it failed, or something needs attention. (2, wrong usage, never comes as far as a command.) */
export type ExitCode = 0 | 1;

export interface Common {
  /** One JSON document instead of text. */
  readonly json: boolean;
}

/** Where a command works and speaks. */
export interface Context {
  readonly session: Session;
  readonly terminal: Terminal;
  /** Who works here, for the record. */
  readonly by: string;
  /** Everybody whom the directories know, where it is at hand. */
  readonly roster?: () => Promise<Roster>;
}

/** Whatever has a terminal to speak on. */
type Speaking = Pick<Context, 'terminal'>;

export const print = ({ terminal }: Speaking, lines: readonly string[]): void => {
  for (const line of lines) terminal.line(line);
};

export const printJson = ({ terminal }: Speaking, value: object): void => terminal.json(value);

/** Who types; a container's user may have no name. */
export function operator(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
