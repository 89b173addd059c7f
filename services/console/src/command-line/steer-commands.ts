/** Commands that steer the services. */
import { longestDebugLogMs } from '@connector/shared/debug-log.ts';
import { durationMs } from '@connector/shared/duration.ts';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { type Flag, given, json, type OnInvocation } from './invocation.ts';

export function addSteerCommands(program: Command, onInvocation: OnInvocation): void {
  program
    .command('sync')
    .summary('read what changed, deliver, and say what was done')
    .description('Reads what changed and all accounts, delivers what is outstanding, and says what was done.')
    .option('--full', 'make a full read of every directory, not only of what changed')
    .option(
      '--confirm-first',
      'let the first run create everybody, not only the first few: look at "connector preview" before',
    )
    .option('--no-wait', 'only ask for it')
    .option('--timeout <seconds>', 'wait no longer than this', positiveSeconds, 600)
    .option(...json)
    .addHelpText(
      'after',
      `
The services do the work: leaving early (Ctrl-C, --timeout) stops nothing.
Exits with 1 when it had not finished by then, and while all deliveries are
paused. People who are held, pending or set aside do not keep it from finishing.`,
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

  addApply(program, onInvocation);

  for (const { name, summary, description } of switches) {
    program
      .command(name)
      .summary(summary)
      .description(description)
      .option(...json)
      .action((options: { json: Flag }) => onInvocation({ command: name, json: given(options.json) }));
  }
  addDebugLog(program, onInvocation);
}

function addApply(program: Command, onInvocation: OnInvocation): void {
  program
    .command('apply')
    .summary('do exactly what a reviewed plan file says')
    .description(
      'Does exactly what a plan file says that "connector preview --out" has made, and refuses, step by step, what is to be done no more.',
    )
    .argument('<file>', 'the plan file; people and steps may have been taken out of it')
    .option('--dry-run', 'only tell what would be done, and what refused')
    .option('--with-held', 'release and approve, too, those whom the file shows as held or pending')
    .option('--yes', 'do not ask; needed where nobody can be asked')
    .option('--timeout <seconds>', 'wait no longer than this', positiveSeconds, 600)
    .option(...json)
    .addHelpText(
      'after',
      `
Reads what changed and all accounts, then compares each step with what is
planned now. In manual mode nothing but the steps of the file is sent. Exits
with 1 unless everything in the file was done, or is so already.`,
    )
    .action(
      (
        file: string,
        options: { dryRun: Flag; withHeld: Flag; yes: Flag; json: Flag; timeout: number },
        typed: Command,
      ) => {
        const [yes, dryRun] = [given(options.yes), given(options.dryRun)];
        if (yes && dryRun) typed.error('error: give --dry-run or --yes, not both');
        if (given(options.json) && !yes && !dryRun) typed.error('error: say --yes, or --dry-run, with --json');
        onInvocation({
          command: 'apply',
          file,
          yes,
          dryRun,
          withHeld: given(options.withHeld),
          timeoutMs: options.timeout * 1_000,
          json: given(options.json),
        });
      },
    );
}

/** `--for` of `debug-log` without a word. */
const usualDebug = '1h';

function addDebugLog(program: Command, onInvocation: OnInvocation): void {
  program
    .command('debug-log')
    .summary('have the services tell more for a while')
    .description(
      'Switches the debug log of all services on, for a while, or off, without restarting any; without a word it tells whether it is on.',
    )
    .addArgument(new Argument('[switch]', 'on or off').choices(['on', 'off']))
    .option('--for <duration>', 'on: so long, a day at most', debugFor, usualDebug)
    .option(...json)
    .action((typed: 'on' | 'off' | undefined, options: { for: string; json: Flag }) =>
      onInvocation({
        command: 'debug-log',
        on: typed === undefined ? null : typed === 'on',
        forMs: durationMs.parse(options.for),
        json: given(options.json),
      }),
    );
}

/** Checked here, and parsed where the default is, too. */
function debugFor(text: string): string {
  const { success, data = 0 } = durationMs.safeParse(text);
  if (!success || data === 0 || data > longestDebugLogMs)
    throw new InvalidArgumentError('Write a duration, such as 30m or 2h, 24h at most.');
  return text;
}

const switches = [
  {
    name: 'pause',
    summary: 'send nothing to LastPass any more',
    description:
      'Pauses all deliveries, leavers included, until "connector resume": nothing is sent to LastPass any more. Reading and planning go on.',
  },
  {
    name: 'resume',
    summary: 'send again, beginning with what has gathered',
    description: 'Ends a pause: deliveries go on, beginning with what has gathered.',
  },
] as const;

function positiveSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !Number.isFinite(seconds) || seconds <= 0)
    throw new InvalidArgumentError('Write a number of seconds, such as 600.');
  return seconds;
}
