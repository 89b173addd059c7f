/** `connector completion`: a script that teaches a shell what may be typed. Nothing runs while somebody types: all of it stands in the script. */
import type { Command } from 'commander';
import { bashScript } from './bash-script.ts';
import { completedCommands } from './completed-commands.ts';
import { fishScript } from './fish-script.ts';
import { zshScript } from './zsh-script.ts';

/** The shells that it can be. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const writers = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** The lines of the script for a program. */
export const completionScript = (program: Command, shell: Shell): string[] =>
  writers[shell](completedCommands(program)).split('\n');
