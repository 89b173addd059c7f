/** Commands about who changed what. */
import type { AuditHead } from '@connector/shared/audit.ts';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { type Flag, given, json, type OnInvocation } from './invocation.ts';

const actions = ['list', 'export', 'verify'] as const;
type Action = (typeof actions)[number];

/** Which option is about which action. */
const optionsOf = { limit: 'list', csv: 'export', known: 'verify' } as const satisfies Record<string, Action>;

export function addAuditCommand(program: Command, onInvocation: OnInvocation): void {
  program
    .command('audit')
    .summary('who changed what, and is that all')
    .description(
      'Lists who changed what, from what to what: decisions, tokens, sessions, the policy, pauses, and what the connector did at LastPass. export prints all of it, a JSON document in each line; verify proves that nothing was taken out, put in or changed.',
    )
    .addArgument(new Argument('[action]', 'what to do').choices(actions).default('list' satisfies Action))
    .option('--limit <number>', 'list so many, the newest (default: 50)', wholeNumber)
    .option('--csv', 'export rows for a spreadsheet')
    .option('--known <entry>', 'verify that this is still in it, as verify printed it before', knownEntry)
    .option(...json)
    .addHelpText('after', '\nverify exits with 1 when the trail is broken.')
    .action(
      (action: Action, options: { limit?: number; csv?: true; known?: AuditHead; json: Flag }, typed: Command) => {
        for (const [name, about] of Object.entries(optionsOf))
          if (name in options && about !== action) typed.error(`error: --${name} is for "connector audit ${about}"`);
        if (given(options.csv) && given(options.json)) typed.error('error: give --csv or --json, not both');
        const common = { json: given(options.json) };
        if (action === 'verify') onInvocation({ command: 'verify-audit', known: options.known ?? null, ...common });
        else if (action === 'export') onInvocation({ command: 'export-audit', csv: given(options.csv), ...common });
        else onInvocation({ command: 'audit', offset: 0, limit: options.limit ?? 50, ...common });
      },
    );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Write a whole number, 1 or more.');
  return Number(text);
}

function knownEntry(text: string): AuditHead {
  const [, sequence, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new InvalidArgumentError('Write a number, a colon and 64 hexadecimal digits, as verify prints them.');
  return { sequence: Number(sequence), hash: hash.toLowerCase() };
}
