/** Commands that give a person's word about people, and about renamed groups. */
import type { Command } from 'commander';
import { type Flag, given, json, type OnInvocation, people, type RetryList } from './invocation.ts';

const peopleOrGroup = `${people}; for a renamed group, its name`;

const decisions = [
  {
    name: 'release',
    verdict: 'released',
    summary: 'let what is held happen',
    description: 'Lets what is held happen: exactly the steps that "connector held" shows.',
    who: peopleOrGroup,
    named: ['held'],
    all: [{ flag: '--all', list: 'held', what: 'everybody who is held now, and every renamed group' }],
  },
  {
    name: 'approve',
    verdict: 'approved',
    summary: 'create accounts for pending people',
    description: 'Creates accounts for pending people; by name also for somebody rejected, after all.',
    who: people,
    named: ['pending', 'rejected'],
    all: [{ flag: '--all', list: 'pending', what: 'everybody who is pending now' }],
  },
  {
    name: 'reject',
    verdict: 'rejected',
    summary: 'refuse what is held or pending',
    description: 'Refuses what is held or pending: nothing changes for these people and groups.',
    who: peopleOrGroup,
    named: ['held', 'pending'],
    all: [
      { flag: '--all', list: 'held', what: 'everybody who is held now, and every renamed group' },
      { flag: '--all-pending', list: 'pending', what: 'everybody who is pending now' },
    ],
  },
] as const;

export function addDecideCommands(program: Command, onInvocation: OnInvocation): void {
  for (const { name, verdict, summary, description, who: argument, named, all } of decisions) {
    const command = program
      .command(name)
      .summary(summary)
      .description(description)
      .argument('[who...]', argument)
      .addHelpText(
        'after',
        `
Whoever has changed meanwhile is left as they are: look again with "connector
held" or "connector pending". Exits with 1 if anybody had changed, or was not
found; the others are done all the same.`,
      );
    for (const { flag, what } of all) command.option(flag, what);
    command.option(...json).action((who: string[], options: Record<string, Flag>, typed: Command) => {
      const wanted = all.filter(({ flag }) => given(options[camelCased(flag)])).map(({ list }) => list);
      requireEither(typed, { who, isAllGiven: wanted.length > 0, flags: all.map(({ flag }) => flag) });
      const from = who.length > 0 ? named : wanted;
      onInvocation({ command: 'decide', verdict, from, who, json: given(options['json']) });
    });
  }
  addRetry(program, onInvocation);
  addUndo(program, onInvocation);
}

function addRetry(program: Command, onInvocation: OnInvocation): void {
  program
    .command('retry')
    .summary('try people who are set aside again, at once')
    .description(
      'Tries people who are set aside again, at once. For somebody whose account was deleted by hand, by name or with --all-drift, the link to it ends: policy onDetected decides, as about anybody new.',
    )
    .argument('[who...]', people)
    .option('--all', 'everybody whom "connector aside" lists')
    .option('--all-drift', 'everybody whose account "connector drift" lists as deleted')
    .option(...json)
    .addHelpText(
      'after',
      '\nExits with 1 if anybody had changed meanwhile, or was not found; the others are\ndone all the same.',
    )
    .action((who: string[], options: { all: Flag; allDrift: Flag; json: Flag }, typed: Command) => {
      const lists: RetryList[] = [];
      if (given(options.all)) lists.push('aside');
      if (given(options.allDrift)) lists.push('drift');
      requireEither(typed, { who, isAllGiven: lists.length > 0, flags: ['--all', '--all-drift'] });
      onInvocation({ command: 'retry', who, lists, json: given(options.json) });
    });
}

function addUndo(program: Command, onInvocation: OnInvocation): void {
  program
    .command('undo')
    .summary('enable again who was disabled within the last day')
    .description(
      'Enables people again whose accounts were disabled within the last day, and leaves them so as long as the reason is the same. Without names and without --all it lists them.',
    )
    .argument('[who...]', people)
    .option('--all', 'everybody whom it lists')
    .option(...json)
    .addHelpText(
      'after',
      '\nExits with 1 if anybody had changed meanwhile, or was not found; the others are\ndone all the same.',
    )
    .action((who: string[], options: { all: Flag; json: Flag }, typed: Command) => {
      if (who.length > 0 && given(options.all)) typed.error('error: either name people or give --all, not both');
      onInvocation({ command: 'undo', who, all: given(options.all), json: given(options.json) });
    });
}

/** Names, or a flag that means everybody: one of the two, so that nobody is decided about by an omission. */
function requireEither(
  typed: Command,
  { who, isAllGiven, flags }: { who: readonly string[]; isAllGiven: boolean; flags: readonly string[] },
): void {
  const either = flags.join(' or ');
  if (who.length === 0 && !isAllGiven) typed.error(`error: say who to ${typed.name()}, or ${either}`);
  if (who.length > 0 && isAllGiven) typed.error(`error: either name people or give ${either}, not both`);
}

/** How commander names a flag's value: `allPending` for `--all-pending`. */
const camelCased = (flag: string): string =>
  flag.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
