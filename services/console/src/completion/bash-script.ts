/** What may be typed, as a script for bash: 3.2, which macOS has, and all since. */
import type { CompletedArgument, CompletedCommand, CompletedOption, Taken } from './completed-commands.ts';

/** The script. It leans on nothing but bash. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# Completes the connector command in bash. Made by "connector completion bash".

# Offers the words among these that go on with what is typed; an option once.
__connector_offer() {
  local word
  for word; do
    [[ $word == "$cur"* && "$typed " != *" $word "* ]] && COMPREPLY+=("$before$word")
  done
}

__connector_files() {
  local file
  while IFS= read -r file; do COMPREPLY+=("$before$file"); done < <(compgen -f -- "$cur")
  compopt -o filenames 2>/dev/null
}

# Offers the values of a key; bash itself keeps what stands before =, if it takes that for the end of a word.
__connector_values() {
  local cur=\${cur#*=} before=
  [[ $COMP_WORDBREAKS == *=* ]] || before=$1=
  __connector_offer "\${@:2}"
}

_connector() {
  local word cur= typed= before= command= first= position=0 expects= over= last= i
  local words=()
  COMPREPLY=()
  # A word is what stands between spaces: bash ends one at = and :, too.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((\${#words[@]} > 0)) && [[ $word == [=:]* || $last == [=:] ]]; then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    last=$word
  done
  for ((i = 0; i < \${#words[@]} - 1; i++)); do
    word=\${words[i]}
    if [[ -n $expects ]]; then
      expects=
    elif [[ $word == -- ]]; then
      over=yes
    elif [[ $word == -* && -z $over ]]; then
      typed+=" $word"
      case "$command $word" in
        ${patterns(valued(commands))}) expects=$word ;;
      esac
    elif [[ -z $command ]]; then
      command=$word
    else
      [[ $position == 0 ]] && first=$word
      ((position += 1))
    fi
  done
  ((\${#words[@]} > 0)) && cur=\${words[\${#words[@]} - 1]}
  if [[ $cur == --*=* && -z $expects$over ]]; then
    expects=\${cur%%=*}
    cur=\${cur#*=}
    [[ $COMP_WORDBREAKS == *=* ]] || before=$expects=
  fi
  if [[ -n $expects ]]; then
    typed=
    case "$command $expects" in
${commands.flatMap(({ name, options }) => options.flatMap((option) => valueCase(name, option))).join('\n')}
    esac
  elif [[ $cur == -* && -z $over ]]; then
    case "$command" in
${commands.map(({ name, options }) => `      ${quoted(name)}) ${offered(options.flatMap(({ flags }) => flags))} ;;`).join('\n')}
    esac
  else
    typed=
    case "$command $position $first" in
      ' 0 ') ${offered(commands.flatMap(({ name }) => (name === '' ? [] : [name])))} ;;
${commands.flatMap(({ name, arguments: each }) => each.flatMap((argument) => argumentCase(name, argument))).join('\n')}
    esac
  fi
}

complete -F _connector connector`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const patterns = (texts: readonly string[]): string => texts.map(quoted).join(' | ');
const offered = (words: readonly string[]): string => `__connector_offer ${words.join(' ')}`;

/** Options after which a value comes, each as it stands after its command. */
const valued = (commands: readonly CompletedCommand[]): string[] =>
  commands.flatMap(({ name, options }) =>
    options.flatMap(({ flags, takes }) => (takes === null ? [] : flags.map((flag) => `${name} ${flag}`))),
  );

function valueCase(command: string, { flags, takes }: CompletedOption): string[] {
  const doing = takes === null ? null : offer(takes);
  return doing === null ? [] : [`      ${patterns(flags.map((flag) => `${command} ${flag}`))}) ${doing} ;;`];
}

function argumentCase(command: string, { takes, position, isVariadic, after }: CompletedArgument): string[] {
  const doing = offer(takes);
  const from = position === 0 ? '*' : `[${position}-9]*`;
  const first = after === null ? '*' : quoted(after);
  return doing === null
    ? []
    : [`      ${quoted(`${command} `)}${isVariadic ? from : position}' '${first}) ${doing} ;;`];
}

/** What offers it; `null`: nothing is. */
function offer(taken: Taken): string | null {
  switch (taken.kind) {
    case 'anything':
      return null;
    case 'file':
      return '__connector_files';
    case 'words':
      return offered(taken.words);
    case 'assignments': {
      const keys = [...taken.valuesOf.keys()].map((key) => `${key}=`);
      const values = [...taken.valuesOf].filter(([, words]) => words.length > 0);
      return [
        '\n        case $cur in',
        ...values.map(([key, words]) => `          ${key}=*) __connector_values ${key} ${words.join(' ')} ;;`),
        '          *=*) ;;',
        `          *) ${offered(keys)}; compopt -o nospace 2>/dev/null ;;`,
        '        esac',
      ].join('\n');
    }
  }
}
