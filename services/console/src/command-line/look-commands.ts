/** Commands that look and change nothing. */
import { type Command, InvalidArgumentError } from 'commander';
import { type Flag, given, json, type OnInvocation } from './invocation.ts';

export function addLookCommands(program: Command, onInvocation: OnInvocation): void {
  program
    .command('status')
    .summary('does everything run, and how far is it')
    .description('Shows whether everything runs, how far each directory is read, and who is set aside.')
    .option('--all', 'list everybody who is set aside, not only the newest 10 of each kind, or 100 with --json')
    .option(...json)
    .addHelpText(
      'after',
      `
Exits with 1 when a service is missing or not ready, somebody has paused all
deliveries, or LastPass refuses the credentials.`,
    )
    .action((options: { all: Flag; json: Flag }) =>
      onInvocation({ command: 'status', all: given(options.all), json: given(options.json) }),
    );

  program
    .command('check')
    .summary('does every end answer; what to do where it does not')
    .description(
      'Looks at every end (Redis, directories, LastPass, services), each by itself, and says what to do where one is not as it should be. Nothing is written.',
    )
    .option(...json)
    .addHelpText('after', '\nExits with 1 when anything fails; warnings do not count.')
    .action((options: { json: Flag }) => onInvocation({ command: 'check', json: given(options.json) }));

  program
    .command('preview')
    .summary('what would a sync do now, person by person')
    .description('Shows what a sync would do now, person by person. Nothing is written to either end, or to Redis.')
    .option('--csv', 'print a row for each step, for a spreadsheet')
    .option('--out <file>', 'write a plan file as well, to be reviewed, and done by "connector apply"', fileName)
    .option(...json)
    .addHelpText(
      'after',
      `
Reads every directory and all accounts, and plans with the very code that the
services run. It needs Redis, where links and decisions are remembered, but no
service. What each call would carry stands in --json.`,
    )
    .action((options: { csv: Flag; json: Flag; out?: string }, typed: Command) => {
      const { csv, json: asJson, out = null } = options;
      if (given(csv) && given(asJson)) typed.error('error: give --csv or --json, not both');
      onInvocation({ command: 'preview', csv: given(csv), out, json: given(asJson) });
    });

  program
    .command('explain')
    .summary('why is somebody synced, or why not')
    .description(
      'Tells all that is known of somebody: what Active Directory says, what puts them in scope or out of it, what LastPass has, what is to be done, and why.',
    )
    .argument('<who...>', 'mails, user names, log-on names, names, DNs, person keys or objectGUIDs')
    .option(...json)
    .addHelpText('after', '\nExits with 1 if anybody was not found.')
    .action((who: string[], options: { json: Flag }) =>
      onInvocation({ command: 'explain', who, json: given(options.json) }),
    );

  for (const { name, summary, description } of lists) {
    program
      .command(name)
      .summary(summary)
      .description(description)
      .option(...json)
      .action((options: { json: Flag }) => onInvocation({ command: name, json: given(options.json) }));
  }
}

const lists = [
  {
    name: 'held',
    summary: 'whom the guard holds, and which groups were renamed',
    description:
      'Lists the people whom the guard holds, with what would happen to them and why, and the renamed groups that wait for a word.',
  },
  {
    name: 'pending',
    summary: 'which new people wait for approval',
    description:
      'Lists the new people who get an account once somebody approves it (policy onDetected: approve), and those who were rejected.',
  },
  {
    name: 'aside',
    summary: 'who is set aside until something is mended',
    description: "Lists the people who are set aside: they can't be synced until something is mended.",
  },
  {
    name: 'drift',
    summary: 'which accounts were deleted or disabled by hand',
    description:
      'Lists the accounts that somebody deleted or disabled by hand at LastPass, and that are left so; and those that are perhaps ours.',
  },
] as const;

function fileName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Write the name of a file, such as plan.json.');
  return text;
}
