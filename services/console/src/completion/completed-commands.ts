/** What may be typed, as a shell needs to know it; made from the program itself, so that it can't fall behind. */
import type { Argument, Command, Option } from 'commander';
import { SuggestedArgument, type Suggestion } from '../command-line/suggested-argument.ts';

/** What may stand in a place. `anything`: what can't be foretold, so that nothing is offered. */
export type Taken = Suggestion | { readonly kind: 'file' | 'anything' };

export interface CompletedOption {
  /** As they are typed: `-h`, `--help`. */
  readonly flags: readonly string[];
  readonly text: string;
  /** What comes after it; `null`: nothing. */
  readonly takes: Taken | null;
}

export interface CompletedArgument {
  readonly text: string;
  readonly takes: Taken;
  /** So many arguments stand before it. */
  readonly position: number;
  /** Whether all that follow are of the same kind. */
  readonly isVariadic: boolean;
  /** That kind only where the first argument is this word; `null`: always. */
  readonly after: string | null;
}

export interface CompletedCommand {
  /** Empty for what may be typed before any command. */
  readonly name: string;
  readonly text: string;
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly CompletedArgument[];
}

/** The program itself, then all of its commands, in the order of its help. */
export function completedCommands(program: Command): CompletedCommand[] {
  const commands = program.createHelp().visibleCommands(program);
  return [{ ...completed(program), name: '' }, ...commands.map(completed)];
}

const completed = (command: Command): CompletedCommand => ({
  name: command.name(),
  text: command.summary(),
  options: command.createHelp().visibleOptions(command).map(optionOf),
  arguments: command.registeredArguments.map(argumentOf),
});

const optionOf = (option: Option): CompletedOption => ({
  flags: [option.short, option.long].filter((flag) => flag !== undefined),
  text: option.description,
  takes: option.required || option.optional ? takenBy(option.argChoices, valueName(option)) : null,
});

const argumentOf = (argument: Argument, position: number): CompletedArgument => ({
  text: argument.description,
  takes: argument instanceof SuggestedArgument ? argument.suggestion() : takenBy(argument.argChoices, argument.name()),
  position,
  isVariadic: argument.variadic,
  after: argument instanceof SuggestedArgument ? argument.after : null,
});

/** What its value is called: `file` in `--out <file>`. */
const valueName = ({ flags }: Option): string => /[<[]([^>\].]+)/.exec(flags)?.[1] ?? '';

function takenBy(choices: readonly string[] | undefined, name: string): Taken {
  if (choices !== undefined) return { kind: 'words', words: choices };
  return { kind: name === 'file' ? 'file' : 'anything' };
}
