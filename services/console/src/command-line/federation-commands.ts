/** Commands about federated log-in. */
import { type FragmentId, isFragmentId } from '@connector/federation/derived.ts';
import { Argument, type Command, InvalidArgumentError } from 'commander';
import { type Flag, given, json, type OnInvocation } from './invocation.ts';

const actions = ['generate', 'verify'] as const;
type Action = (typeof actions)[number];

interface Options {
  readonly out?: string;
  readonly fragmentId?: FragmentId;
  readonly json: Flag;
}

export function addFederationCommand(program: Command, onInvocation: OnInvocation): void {
  program
    .command('federation')
    .summary("the company's key of federated log-in")
    .description(
      "Makes the company's key of federated log-in (key generate), or tells which key a file holds (key verify). It needs neither configuration nor Redis.",
    )
    .addArgument(new Argument('<of>', 'what it is about').choices(['key']))
    .addArgument(new Argument('<action>', 'what to do').choices(actions))
    .argument('[file]', 'verify: the file that holds the key')
    .option('--out <file>', 'generate: write it there, for nobody else to read, and do not print it', fileName)
    .option('--fragment-id <id>', 'verify: the fragment id that was printed when the key was made', fragmentId)
    .option(...json)
    .addHelpText(
      'after',
      `
Whoever loses the key loses the vaults of those who were provisioned with it:
keep a copy off the machine. verify exits with 1 when the file holds another
key than --fragment-id says.`,
    )
    .action((_what: 'key', action: Action, file: string | undefined, options: Options, typed: Command) => {
      const wrong = problemOf(action, file, options);
      if (wrong !== null) typed.error(`error: ${wrong}`);
      const common = { json: given(options.json) };
      if (action === 'generate') onInvocation({ command: 'generate-key', out: options.out ?? null, ...common });
      else onInvocation({ command: 'verify-key', file: file ?? '', expected: options.fragmentId ?? null, ...common });
    });
}

function problemOf(action: Action, file: string | undefined, { out, fragmentId: id }: Options): string | null {
  if (action === 'generate') {
    if (file !== undefined) return 'generate takes no file but with --out';
    return id === undefined ? null : '--fragment-id is for verify';
  }
  if (out !== undefined) return '--out is for generate';
  return file === undefined || file.trim() === '' ? 'verify takes the file that holds the key' : null;
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
