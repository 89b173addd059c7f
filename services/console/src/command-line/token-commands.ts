/** Commands about who may use the console's API. */
import { durationMs } from '@connector/shared/duration.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Role, roles } from '../access/access-tokens.ts';
import { type Flag, given, json, type OnInvocation } from './invocation.ts';

const longestName = 64;

export function addTokenCommands(program: Command, onInvocation: OnInvocation): void {
  program
    .command('tokens')
    .summary('which tokens there are for the API')
    .description("Lists the tokens that open the console's API and its queue dashboard, but not what opens them.")
    .option(...json)
    .action((options: { json: Flag }) => onInvocation({ command: 'tokens', json: given(options.json) }));

  program
    .command('create-token')
    .summary('make a token for the API')
    .description(
      "Makes a token that opens the console's API and its queue dashboard, and prints it: it is not shown again.",
    )
    .argument('<name>', 'what it is for', tokenName)
    .addOption(
      new Option('--role <role>', 'viewer: may look; administrator: may decide and steer')
        .choices(roles)
        .default('viewer'),
    )
    .option('--expires <duration>', 'it opens nothing after this; never: it opens until it is revoked', lifetime, '90d')
    .option(...json)
    .action((name: string, options: { role: Role; expires: string; json: Flag }) => {
      const forMs = options.expires === never ? null : durationMs.parse(options.expires);
      onInvocation({ command: 'create-token', name, role: options.role, forMs, json: given(options.json) });
    });

  program
    .command('revoke-token')
    .summary('let a token open nothing any more')
    .description('Revokes tokens: from now on they open nothing.')
    .argument('<name...>', 'as "connector tokens" lists them')
    .option(...json)
    .addHelpText('after', '\nExits with 1 if there was no token of a name; the others are revoked all the\nsame.')
    .action((names: string[], options: { json: Flag }) =>
      onInvocation({ command: 'revoke-token', names, json: given(options.json) }),
    );
}

function tokenName(text: string): string {
  const name = text.trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@-]*$/u.test(name) || name.length > longestName)
    throw new InvalidArgumentError(`Write letters, digits, spaces and . _ @ -, ${longestName} characters at most.`);
  return name;
}

const never = 'never';

/** Checked here, and parsed where the default is, too. */
function lifetime(text: string): string {
  const parsed = durationMs.safeParse(text);
  if (text !== never && (!parsed.success || parsed.data === 0))
    throw new InvalidArgumentError('Write a duration, such as 12h or 90d, or never.');
  return text;
}
