/** What may be typed, as a script for zsh. */
import type { CompletedArgument, CompletedCommand, CompletedOption, Taken } from './completed-commands.ts';

/** The script, fit to be sourced, and to be put into a folder of `fpath` as `_connector`. */
export function zshScript([program, ...commands]: readonly CompletedCommand[]): string {
  return `#compdef connector
# Completes the connector command in zsh. Made by "connector completion zsh".

# The first argument of the command that is typed.
__connector_first() {
  local -a typed=(\${\${words[2,CURRENT-1]}:#-*})
  print -r -- "$typed[1]"
}

${commands.flatMap(assignments).join('\n')}
_connector() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands=(
${commands.map(({ name, text }) => `    ${quoted(`${name}:${text.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  _arguments -C ${(program?.options ?? []).map(optionSpec).join(' ')} '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $words[1] in
${commands.map((command) => `        ${command.name}) _arguments -S ${specs(command).join(' \\\n          ')} ;;`).join('\n')}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _connector ]]; then
  _connector "$@"
else
  compdef _connector connector
fi`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** As it may stand in a specification for _arguments. */
const told = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const specs = (command: CompletedCommand): string[] => [
  ...command.options.map(optionSpec),
  ...command.arguments.map((argument) => argumentSpec(command.name, argument)),
];

function optionSpec({ flags, text, takes }: CompletedOption): string {
  const [long = ''] = flags.slice(-1);
  const value = takes === null ? '' : `:${told(text)}:${action(takes)}`;
  const after = quoted(`[${told(text)}]${value}`);
  // What has a value takes it after a space and after =.
  const typed = takes === null ? flags : flags.map((flag) => `${flag}=`);
  return flags.length === 1
    ? `${quoted(typed[0] ?? long)}${after}`
    : `${quoted(`(${flags.join(' ')})`)}{${typed.join(',')}}${after}`;
}

const argumentSpec = (command: string, { text, takes, position, isVariadic, after }: CompletedArgument): string => {
  const place = isVariadic ? '*' : position + 1;
  const doing = takes.kind === 'assignments' ? functionOf(command) : action(takes);
  if (after !== null && takes.kind !== 'assignments') throw new Error(`zsh: ${command} has words after ${after}`);
  return quoted(`${place}:${told(text)}:${doing}`);
};

/** What offers it, for _arguments. A space: nothing, but what it is called. */
function action(taken: Taken): string {
  switch (taken.kind) {
    case 'words':
      return `(${taken.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'anything':
    case 'assignments':
      return ' ';
  }
}

const functionOf = (command: string): string => `__connector_${command}`;

/** Functions that offer `key=value` for a command's arguments. */
function assignments({ name, arguments: all }: CompletedCommand): string[] {
  return all.flatMap(({ takes, after }) => {
    if (takes.kind !== 'assignments') return [];
    const keys = [...takes.valuesOf.keys()].map((key) => `${key}=`);
    const values = [...takes.valuesOf].filter(([, words]) => words.length > 0);
    return [
      `${functionOf(name)}() {`,
      ...(after === null ? [] : [`  [[ $(__connector_first) == ${quoted(after)} ]] || return 1`]),
      '  case $PREFIX in',
      ...values.map(([key, words]) => `    ${key}=*) compset -P '*='; compadd -- ${words.join(' ')} ;;`),
      '    *=*) ;;',
      `    *) compadd -S '' -- ${keys.join(' ')} ;;`,
      '  esac',
      '}',
      '',
    ];
  });
}
