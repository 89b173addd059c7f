/** The command line: what may be typed, and its help. */
import { Command, InvalidArgumentError } from 'commander';
import type { Verdict } from './held/decide.ts';

/** What was typed: a command and its options. */
export type Invocation =
  | { readonly command: 'status'; readonly json: boolean; readonly all: boolean }
  | { readonly command: 'sync'; readonly json: boolean; readonly wait: boolean; readonly timeoutMs: number }
  | { readonly command: 'held'; readonly json: boolean }
  | {
      readonly command: 'decide';
      readonly json: boolean;
      readonly verdict: Verdict;
      /** Empty: everybody. */ readonly who: readonly string[];
    };

const json = ['--json', 'print one JSON document, errors included'] as const;

/** A flag as commander gives it: missing when it wasn't typed. */
type Flag = true | undefined;
const given = (flag: Flag): boolean => flag === true;

const exitCodes = `
Exit codes: 0 as wanted, 1 it failed or something needs attention, 2 wrong usage.
The configuration is read from the file that CONNECTOR_CONFIG names, else from ./connector.yaml.`;

/**
 * Makes the command line.
 * @param onInvocation told what was typed, once, if it is right
 * @returns a commander program; its `parse` throws CommanderError for help as well as for what is wrong
 */
export function commandLine(onInvocation: (invocation: Invocation) => void): Command {
  const program = new Command('connector')
    .description('Shows and steers the synchronisation of Active Directory into LastPass.')
    .showHelpAfterError('(see "connector --help")')
    .addHelpText('after', exitCodes)
    .exitOverride();

  program
    .command('status')
    .description('show whether everything runs, how far each directory is read, and who stands aside')
    .option('--all', 'list everybody who is set aside, not only the first 10 of each kind')
    .option(...json)
    .addHelpText('after', '\nExits with 1 when a service is missing or not ready, or LastPass refuses the credentials.')
    .action((options: { all: Flag; json: Flag }) =>
      onInvocation({ command: 'status', all: given(options.all), json: given(options.json) }),
    );

  program
    .command('sync')
    .description('read every directory and all accounts afresh, and wait until everything is in sync')
    .option('--no-wait', 'only ask for it')
    .option('--timeout <seconds>', 'wait no longer than this', positiveSeconds, 600)
    .option(...json)
    .addHelpText(
      'after',
      '\nThe services do the work: leaving early (Ctrl-C, --timeout) stops nothing.\nExits with 1 when it had not finished by then. People who are held or set aside do not keep it from finishing.',
    )
    .action((options: { timeout: number; wait: boolean; json: Flag }) =>
      onInvocation({
        command: 'sync',
        timeoutMs: options.timeout * 1_000,
        wait: options.wait,
        json: given(options.json),
      }),
    );

  program
    .command('held')
    .description('list the people who wait for your word, with what would happen to them and why')
    .option(...json)
    .action((options: { json: Flag }) => onInvocation({ command: 'held', json: given(options.json) }));

  const decisions = [
    { name: 'release', verdict: 'released', what: 'let what is held happen: exactly the steps that "held" shows' },
    { name: 'reject', verdict: 'rejected', what: 'refuse what is held: these people keep what they have' },
  ] as const;
  for (const { name, verdict, what } of decisions) {
    program
      .command(name)
      .description(what)
      .argument('[who...]', 'user names (mail), person keys or objectGUIDs')
      .option('--all', 'everybody who is held now')
      .option(...json)
      .addHelpText(
        'after',
        '\nWhoever changed meanwhile is left as they are: look again with "connector held". Exits with 1 if anybody\nwas, or was not found; the others are done all the same.',
      )
      .action((who: string[], options: { all: Flag; json: Flag }, command: Command) => {
        if (who.length === 0 && !options.all) command.error(`error: say who to ${name}, or --all`);
        if (who.length > 0 && options.all) command.error(`error: either name people or give --all, not both`);
        onInvocation({ command: 'decide', verdict, who, json: given(options.json) });
      });
  }
  return program;
}

function positiveSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds <= 0)
    throw new InvalidArgumentError('Write a number of seconds, such as 600.');
  return seconds;
}
