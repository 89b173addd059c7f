/** Commands for when something is wrong, and somebody is to help. */
import { type Command, InvalidArgumentError } from 'commander';
import { type Flag, given, json, type OnInvocation } from './invocation.ts';

export function addSupportCommands(program: Command, onInvocation: OnInvocation): void {
  program
    .command('test-notifications')
    .summary('send a test message to whoever is told')
    .description(
      'Sends a test message by each way that the configuration has under notifications, and tells what the other side answered. It needs no service, and no Redis.',
    )
    .option(...json)
    .addHelpText('after', '\nExits with 1 when a message was not taken.')
    .action((options: { json: Flag }) => onInvocation({ command: 'test-notifications', json: given(options.json) }));

  program
    .command('support-bundle')
    .summary('write what whoever helps needs to know')
    .description(
      'Writes one file for whoever helps: versions, the configuration without secrets, status, check, queues, what Redis holds, and the last lines of the logs. It names nobody: read it before you send it.',
    )
    .option('--out <file>', 'write it there (default: a new file in this folder)', fileName)
    .option(...json)
    .addHelpText(
      'after',
      `
With --json it is printed, and no file written. Exits with 1 when a part of it
is missing, as Redis does not answer.`,
    )
    .action((options: { json: Flag; out?: string }, typed: Command) => {
      const { out = null } = options;
      if (out !== null && given(options.json)) typed.error('error: give --out or --json, not both');
      onInvocation({ command: 'support-bundle', out, json: given(options.json) });
    });
}

function fileName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Write the name of a file, such as support.json.');
  return text;
}
