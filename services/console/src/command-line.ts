/** The command line: what may be typed, and its help. */
import { Command, InvalidArgumentError } from 'commander';
import type { Verdict } from './held/decide.ts';
import type { WaitingList } from './held/held-people.ts';

/** What was typed: a command and its options. */
export type Invocation =
  | { readonly command: 'status'; readonly json: boolean; readonly all: boolean }
  | { readonly command: 'check'; readonly json: boolean }
  | {
      readonly command: 'sync';
      readonly json: boolean;
      readonly full: boolean;
      readonly confirmFirst: boolean;
      readonly wait: boolean;
      readonly timeoutMs: number;
    }
  | { readonly command: 'aside' | 'drift' | 'pause' | 'resume'; readonly json: boolean }
  | {
      readonly command: 'retry';
      readonly json: boolean;
      readonly who: readonly string[];
      readonly lists: readonly ('aside' | 'drift')[];
    }
  | { readonly command: 'preview'; readonly json: boolean; readonly csv: boolean }
  | { readonly command: 'held' | 'pending'; readonly json: boolean }
  | {
      readonly command: 'decide';
      readonly json: boolean;
      readonly verdict: Verdict;
      /** Those who can be meant. */
      readonly from: readonly WaitingList[];
      /** Empty: everybody. */
      readonly who: readonly string[];
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
    .command('check')
    .description(
      'look at every end (Redis, directories, LastPass, services), and say what to do where one is not as it should be',
    )
    .option(...json)
    .addHelpText('after', '\nNothing is written. Exits with 1 when anything fails; warnings do not count.')
    .action((options: { json: Flag }) => onInvocation({ command: 'check', json: given(options.json) }));

  program
    .command('sync')
    .description('read what changed and all accounts, deliver what is outstanding, and say what was done')
    .option('--full', 'read every directory from its beginning, not only what changed')
    .option(
      '--confirm-first',
      'let the first run create everybody, not only the first few: look at "connector preview" before',
    )
    .option('--no-wait', 'only ask for it')
    .option('--timeout <seconds>', 'wait no longer than this', positiveSeconds, 600)
    .option(...json)
    .addHelpText(
      'after',
      '\nThe services do the work: leaving early (Ctrl-C, --timeout) stops nothing.\nExits with 1 when it had not finished by then. People who are held or set aside do not keep it from finishing.',
    )
    .action((options: { timeout: number; wait: boolean; json: Flag; full: Flag; confirmFirst: Flag }) =>
      onInvocation({
        command: 'sync',
        full: given(options.full),
        confirmFirst: given(options.confirmFirst),
        timeoutMs: options.timeout * 1_000,
        wait: options.wait,
        json: given(options.json),
      }),
    );

  program
    .command('preview')
    .description('show what a run would do now, person by person; nothing is written anywhere')
    .option('--csv', 'print a row for each step, for a spreadsheet')
    .option(...json)
    .addHelpText(
      'after',
      '\nReads every directory and all accounts, and plans with the very code that the services run. It needs Redis, as links and\ndecisions are remembered there, but no service. What each call would carry stands in --json.',
    )
    .action((options: { csv: Flag; json: Flag }, typed: Command) => {
      if (given(options.csv) && given(options.json)) typed.error('error: give --csv or --json, not both');
      onInvocation({ command: 'preview', csv: given(options.csv), json: given(options.json) });
    });

  const lists = [
    { list: 'held', what: 'list the people whom the guard holds, with what would happen to them and why' },
    { list: 'pending', what: 'list the new people who get an account once you approve (policy onDetected: approve)' },
  ] as const;
  for (const { list, what } of lists) {
    program
      .command(list)
      .description(what)
      .option(...json)
      .action((options: { json: Flag }) => onInvocation({ command: list, json: given(options.json) }));
  }

  const people = 'user names (mail), person keys or objectGUIDs';
  const decisions = [
    {
      name: 'release',
      verdict: 'released',
      what: 'let what is held happen: exactly the steps that "held" shows',
      named: ['held'],
      all: { '--all': 'held' },
    },
    {
      name: 'approve',
      verdict: 'approved',
      what: 'create accounts for pending people, or by name for rejected ones after all',
      named: ['pending', 'rejected'],
      all: { '--all': 'pending' },
    },
    {
      name: 'reject',
      verdict: 'rejected',
      what: 'refuse what is held or pending: nothing changes for these people',
      named: ['held', 'pending'],
      all: { '--all': 'held', '--all-pending': 'pending' },
    },
  ] as const;
  for (const { name, verdict, what, named, all } of decisions) {
    const everybody = Object.entries(all);
    const command = program
      .command(name)
      .description(what)
      .argument('[who...]', name === 'approve' ? people : `${people}; for a renamed group, its name`);
    for (const [flag, list] of everybody) command.option(flag, `everybody who is ${list} now`);
    command
      .option(...json)
      .addHelpText(
        'after',
        '\nWhoever changed meanwhile is left as they are: look again with "connector held" or "connector pending". Exits\nwith 1 if anybody was, or was not found; the others are done all the same.',
      )
      .action((who: string[], options: Record<string, Flag>, typed: Command) => {
        const wanted = everybody.filter(([flag]) => given(options[camelCased(flag)])).map(([, list]) => list);
        const flags = everybody.map(([flag]) => flag).join(' or ');
        if (who.length === 0 && wanted.length === 0) typed.error(`error: say who to ${name}, or ${flags}`);
        if (who.length > 0 && wanted.length > 0) typed.error(`error: either name people or give ${flags}, not both`);
        const from = who.length > 0 ? named : wanted;
        onInvocation({ command: 'decide', verdict, from, who, json: given(options['json']) });
      });
  }

  const simple = [
    { name: 'aside', what: 'list the people who can not be synced until something is mended, and why' },
    { name: 'drift', what: 'list the accounts that somebody deleted or disabled by hand at LastPass' },
    { name: 'pause', what: 'send nothing to LastPass any more, until "resume"; reading and planning go on' },
    { name: 'resume', what: 'send again, beginning with what has gathered' },
  ] as const;
  for (const { name, what } of simple) {
    program
      .command(name)
      .description(what)
      .option(...json)
      .action((options: { json: Flag }) => onInvocation({ command: name, json: given(options.json) }));
  }

  program
    .command('retry')
    .description('try people again at once who are set aside; by name also those whose account was deleted by hand')
    .argument('[who...]', 'user names (mail), person keys or objectGUIDs')
    .option('--all', 'everybody whom "aside" lists')
    .option(
      '--all-drift',
      'everybody whose deleted account "drift" lists: they are as new as people without an account',
    )
    .option(...json)
    .addHelpText(
      'after',
      '\nExits with 1 if anybody was not found, or has changed meanwhile; the others are done all the same.',
    )
    .action((who: string[], options: { all: Flag; allDrift: Flag; json: Flag }, typed: Command) => {
      const lists = [
        ...(given(options.all) ? ['aside' as const] : []),
        ...(given(options.allDrift) ? ['drift' as const] : []),
      ];
      if (who.length === 0 && lists.length === 0) typed.error('error: say who to retry, or --all or --all-drift');
      if (who.length > 0 && lists.length > 0)
        typed.error('error: either name people or give --all or --all-drift, not both');
      onInvocation({ command: 'retry', who, lists, json: given(options.json) });
    });
  return program;
}

/** How commander names a flag's value: `allPending` for `--all-pending`. */
const camelCased = (flag: string): string =>
  flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

function positiveSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds <= 0)
    throw new InvalidArgumentError('Write a number of seconds, such as 600.');
  return seconds;
}
