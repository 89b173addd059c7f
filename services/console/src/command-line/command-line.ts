/** The command line: what may be typed, and its help. */
import { Command, type CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addAuditCommand } from './audit-commands.ts';
import { addCompletion } from './completion-commands.ts';
import { addDecideCommands } from './decide-commands.ts';
import { addFederationCommand } from './federation-commands.ts';
import type { OnInvocation } from './invocation.ts';
import { addLookCommands } from './look-commands.ts';
import { addPolicyCommand } from './policy-commands.ts';
import { addSteerCommands } from './steer-commands.ts';
import { SuggestedArgument } from './suggested-argument.ts';
import { addSupportCommands } from './support-commands.ts';
import { addTokenCommands } from './token-commands.ts';
import { WrongUsage } from './wrong-usage.ts';

const epilogue = `
Exit codes: 0 as wanted; 1 failed, or something needs attention; 2 wrong usage.
The configuration is what CONNECTOR_CONFIG names, else ./connector.yaml.
All commands with their JSON and CSV: docs/cli.md.`;

/**
 * Makes the command line.
 * @param onInvocation told what was typed, once, if it is right
 * @returns a commander program; its `parse` throws WrongUsage for what is wrong, and CommanderError for help and version
 */
export function commandLine(onInvocation: OnInvocation): Command {
  const program = new Command('connector')
    .description('Shows and steers the synchronisation of Active Directory into LastPass.')
    .usage('<command> [options]')
    .version(`connector ${manifest.version}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help; after a command, its own')
    .helpCommand(false) // commander's own prints the whole help for a command that doesn't exist
    .configureOutput({ outputError: () => undefined }) // whoever calls tells what is thrown
    .configureHelp({ helpWidth: 80, subcommandTerm: termOf })
    .addHelpText('after', epilogue);
  program.commandsGroup('Look:');
  addLookCommands(program, onInvocation);
  addAuditCommand(program, onInvocation);
  program.commandsGroup('Decide:');
  addDecideCommands(program, onInvocation);
  program.commandsGroup('Steer:');
  addSteerCommands(program, onInvocation);
  addPolicyCommand(program, onInvocation);
  program.commandsGroup('Access:');
  addTokenCommands(program, onInvocation);
  program.commandsGroup('More:');
  addSupportCommands(program, onInvocation);
  addFederationCommand(program, onInvocation);
  addCompletion(program, onInvocation);
  addHelp(program);
  for (const command of program.commands) command.helpOption('-h, --help', 'print this help');
  for (const command of [program, ...program.commands]) command.exitOverride((error) => thrown(error, command));
  return program;
}

function addHelp(program: Command): void {
  program
    .command('help')
    .summary('print help')
    .description('Prints help: of a command, or of all.')
    .addArgument(
      new SuggestedArgument('[command]', 'a command', {
        suggestion: () => ({ kind: 'words', words: program.commands.map((command) => command.name()) }),
      }),
    )
    .action((name: string | undefined) => {
      const found = name === undefined ? program : program.commands.find((command) => command.name() === name);
      if (found) found.help();
      else program.parse([name ?? ''], { from: 'user' }); // says what is wrong, and what could be meant
    });
}

/** A term with more arguments would push what the others are for into several lines. */
const listedArguments = 2;

/** How a command stands in the list: options, and arguments beyond the second, are the business of its own help. */
const termOf = (command: Command): string =>
  [
    command.name(),
    ...command.registeredArguments
      .slice(0, listedArguments)
      .map((argument) =>
        argument.required ? `<${argument.name()}>` : `[${argument.name()}${argument.variadic ? '…' : ''}]`,
      ),
  ].join(' ');

/** Help and version are no errors, and neither is help because nothing was typed: that is told already. */
function thrown(error: CommanderError, command: Command): never {
  if (error.exitCode === 0 || error.code === 'commander.help') throw error;
  const parents = command.parent ? `${command.parent.name()} ` : '';
  throw new WrongUsage(error.message, { command: `${parents}${command.name()}` });
}
