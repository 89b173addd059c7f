/** What may be typed, as a script for fish. */
import type { CompletedArgument, CompletedCommand, CompletedOption, Taken } from './completed-commands.ts';

/** The script. Each `complete` says with `-n` where it counts. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  return `# Completes the connector command in fish. Made by "connector completion fish".

# What is typed before the word at the cursor: a command and its arguments, without options and their values.
function __connector_words
    set -l tokens (commandline -opc)
    set -e tokens[1]
    set -l words
    set -l skip no
    for token in $tokens
        if test $skip = yes
            set skip no
        else if string match -q -- '-*' $token
            contains -- "$words[1] $token" ${valued(commands).map(quoted).join(' ')}
            and set skip yes
        else
            set -a words $token
        end
    end
    printf '%s\\n' $words
end

# Whether that is this command; with a place: whether so many arguments are typed; with +: or more; with a word: whether it is the first of them.
function __connector_at -a command place first
    set -l words (__connector_words)
    test "$words[1]" = "$command"
    or return 1
    test -z "$first"
    or test "$words[2]" = "$first"
    or return 1
    set -l typed (math (count $words) - 1)
    switch "$place"
        case ''
            return 0
        case '*+'
            test $typed -ge (string trim -r -c + -- $place)
        case '*'
            test $typed -eq $place
    end
end
${commands.flatMap(assignments).join('\n')}
complete -c connector -f
complete -c connector -n 'test -z (__connector_words)[1]' -f
${commands.flatMap(completions).join('\n')}`;
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const valued = (commands: readonly CompletedCommand[]): string[] =>
  commands.flatMap(({ name, options }) =>
    options.flatMap(({ flags, takes }) => (takes === null ? [] : flags.map((flag) => `${name} ${flag}`))),
  );

function completions(command: CompletedCommand): string[] {
  const { name, text, options, arguments: all } = command;
  return [
    ...(name === '' ? [] : [`complete -c connector -n '__connector_at ""' -a ${name} -d ${quoted(text)}`]),
    ...options.map((option) => optionLine(name, option)),
    ...all.flatMap((argument) => argumentLine(name, argument)),
  ];
}

function optionLine(command: string, { flags, text, takes }: CompletedOption): string {
  const typed = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value =
    takes === null ? '' : ` ${takes.kind === 'file' ? '-r -F' : ['-x', ...offer(command, takes)].join(' ')}`;
  return `complete -c connector -n ${quoted(`__connector_at "${command}"`)} ${typed.join(' ')}${value} -d ${quoted(text)}`;
}

function argumentLine(command: string, { takes, position, isVariadic, after }: CompletedArgument): string[] {
  const where = [command, `${position}${isVariadic ? '+' : ''}`, ...(after === null ? [] : [after])].join(' ');
  const offered = takes.kind === 'file' ? ['-F'] : offer(command, takes);
  return offered.map((each) => `complete -c connector -n ${quoted(`__connector_at ${where}`)} ${each}`);
}

/** What is offered, for `complete`; empty: nothing. */
function offer(command: string, taken: Taken): string[] {
  if (taken.kind === 'words') return [`-a ${quoted(taken.words.join(' '))}`];
  return taken.kind === 'assignments' ? [`-a ${quoted(`(${functionOf(command)})`)}`] : [];
}

const functionOf = (command: string): string => `__connector_${command}`;

/** Functions that offer `key=value` for a command's arguments. */
function assignments({ name, arguments: all }: CompletedCommand): string[] {
  return all.flatMap(({ takes }) => {
    if (takes.kind !== 'assignments') return [];
    const values = [...takes.valuesOf].filter(([, words]) => words.length > 0);
    return [
      '',
      `function ${functionOf(name)}`,
      '    switch (commandline -ct)',
      ...values.flatMap(([key, words]) => [
        `        case '${key}=*'`,
        `            printf '%s\\n' ${words.map((word) => `${key}=${word}`).join(' ')}`,
      ]),
      "        case '*=*'",
      "        case '*'",
      `            printf '%s\\n' ${[...takes.valuesOf.keys()].map((key) => `${key}=`).join(' ')}`,
      '    end',
      'end',
    ];
  });
}
