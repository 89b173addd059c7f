/** Commands about federated log-in. */
import { type FragmentId, isFragmentId } from '@connector/federation/derived.ts';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { type Flag, given, type Invocation, json, type OnInvocation } from './invocation.ts';

const actions = ['status', 'convert', 'key'] as const;
type Action = (typeof actions)[number];

interface Options {
  readonly verify: Flag;
  readonly cancel: Flag;
  readonly yes: Flag;
  readonly dryRun: Flag;
  readonly out?: string;
  readonly fragmentId?: FragmentId;
  readonly json: Flag;
}

/** Which options belong to what. */
const optionsOf: Readonly<Record<string, readonly (keyof Options)[]>> = {
  status: ['verify'],
  convert: ['cancel', 'yes', 'dryRun'],
  'key generate': ['out'],
  'key verify': ['fragmentId'],
  'key forget': [],
};

const typedAs: Readonly<Record<keyof Options, string>> = {
  verify: '--verify',
  cancel: '--cancel',
  yes: '--yes',
  dryRun: '--dry-run',
  out: '--out',
  fragmentId: '--fragment-id',
  json: '--json',
};

export function addFederationCommand(program: Command, onInvocation: OnInvocation): void {
  program
    .command('federation')
    .summary('federated log-in: how it stands, people, keys')
    .description(
      "Tells how federated log-in stands (status); makes the log-ins of a group's members federated ones (convert); makes the company's key (key generate), or tells which key a file holds (key verify), which take neither configuration nor Redis; or lets go of the one that nobody has yet (key forget).",
    )
    .addArgument(new Argument('<action>', 'what to do').choices(actions))
    .argument('[of...]', 'convert: the group, by DN or name; key: generate, verify and a file, or forget')
    .option('--verify', "status: ask the key registrar about everybody's key")
    .option('--cancel', 'convert: take back what was asked for, as far as it has not happened yet')
    .option('--dry-run', 'convert: only show whom it is about')
    .option('--yes', 'convert: do not ask; needed where nobody can be asked')
    .option('--out <file>', 'key generate: write it there, for nobody else to read, and do not print it', fileName)
    .option('--fragment-id <id>', 'key verify: the fragment id that was printed when the key was made', fragmentId)
    .option(...json)
    .addHelpText(
      'after',
      `
  connector federation convert "CN=Pilot,OU=Groups,DC=corp,DC=example,DC=com"

Whoever loses a key loses the vaults of those who were provisioned with it:
keep a copy off the machine. status exits with 1 where something needs
attention, key verify where the file holds another key than --fragment-id says.`,
    )
    .action((action: Action, what: readonly string[], options: Options, typed: Command) => {
      const invocation = invocationOf(action, what, options);
      if (typeof invocation === 'string') typed.error(`error: ${invocation}`);
      else onInvocation(invocation);
    });
}

/** What is meant; or what is wrong with it. */
function invocationOf(action: Action, what: readonly string[], options: Options): Invocation | string {
  const [first, second, ...rest] = what;
  const name = action === 'key' ? `key ${first ?? ''}`.trim() : action;
  const allowed = optionsOf[name];
  if (allowed === undefined) return 'key takes generate, verify and the file that holds the key, or forget';
  const stray = (Object.keys(options) as (keyof Options)[]).find((key) => key !== 'json' && !allowed.includes(key));
  if (stray !== undefined) {
    const of = Object.keys(optionsOf).find((other) => optionsOf[other]?.includes(stray));
    return `${typedAs[stray]} is for ${of}`;
  }
  const common = { json: given(options.json) };
  switch (name) {
    case 'status':
      if (what.length > 0) return 'status takes nothing more';
      return { command: 'federation-status', verify: given(options.verify), ...common };
    case 'convert':
      return second !== undefined || (given(options.cancel) ? first === '' : !first?.trim())
        ? 'convert takes one group, by DN or name'
        : conversionOf(first ?? null, options);
    case 'key generate':
      if (second !== undefined) return 'generate takes no file but with --out';
      return { command: 'generate-key', out: options.out ?? null, ...common };
    case 'key forget':
      return second === undefined ? { command: 'forget-company-key', ...common } : 'forget takes nothing more';
    default:
      if (second === undefined || second.trim() === '' || rest.length > 0)
        return 'verify takes the file that holds the key';
      return { command: 'verify-key', file: second, expected: options.fragmentId ?? null, ...common };
  }
}

function conversionOf(group: string | null, options: Options): Invocation | string {
  const [yes, dryRun, asJson] = [given(options.yes), given(options.dryRun), given(options.json)];
  if (yes && dryRun) return 'give --dry-run or --yes, not both';
  if (asJson && !yes && !dryRun) return 'say --yes, or --dry-run, with --json';
  return { command: 'convert-to-federated', group, cancel: given(options.cancel), yes, dryRun, json: asJson };
}

function fileName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Write the name of a file, such as company-key.');
  return text;
}

function fragmentId(text: string): FragmentId {
  if (!isFragmentId(text))
    throw new InvalidArgumentError('Write the 44 characters that "connector federation key generate" printed.');
  return text;
}
