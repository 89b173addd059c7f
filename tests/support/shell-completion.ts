/** What real shells offer where somebody presses Tab, once they have read the script of `connector completion`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** A shell that waits for something is a failure, ms. */
const limitMs = 60_000;

/** Where Tab is pressed. */
export interface Place {
  /** The script's file. */
  readonly script: string;
  /** The folder that the shell is in. */
  readonly cwd: string;
}

/** Asks a shell. @param line what is typed so far @returns the words that it offers, in its order */
export type Asking = (line: string, place: Place) => Promise<string[]>;

const wordsIn = (text: string): string[] => text.split('\n').filter((word) => word !== '');

/** The function that the script has registered, called with the words as bash 5 itself ends them. */
const bash: Asking = async (line, { script, cwd }) => {
  const words = line.split(' ').flatMap((word) => (word === '' ? [''] : word.split(/([=:]+)/).filter(Boolean)));
  const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE=$LINE COMP_POINT=\${#LINE}
    made=$(complete -p connector); [[ $made =~ -F\\ ([^ ]+) ]] && "\${BASH_REMATCH[1]}"
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, LINE: line };
  const args = ['--norc', '--noprofile', '-c', program, 'bash', script, ...words];
  return wordsIn((await run('bash', args, { cwd, env, timeout: limitMs })).stdout);
};

const fish: Asking = async (line, { script, cwd }) => {
  const program = 'source $argv[1]; complete -C $argv[2]';
  const { stdout } = await run('fish', ['--no-config', '-c', program, script, line], { cwd, timeout: limitMs });
  return wordsIn(stdout).map((word) => word.split('\t')[0] ?? '');
};

/**
 * An interactive zsh on a pseudo-terminal, in which Tab is pressed. `compadd`, by which everything is offered, says what it would add;
 * the words stand between two lines of their own.
 */
const zsh: Asking = async (line, { script, cwd }) => {
  const program = `
zmodload zsh/zpty
zpty shell zsh -f -i
hear() { local part; while zpty -r shell part; do [[ $part == *$1* ]] && return; done }
zpty -w shell 'PS1= PS2=; unsetopt zle_bracketed_paste 2>/dev/null; stty -echo'
zpty -w shell "cd \${(q)PWD}; autoload -Uz compinit; compinit -u -d \${(q)SCRIPT}.known; source \${(q)SCRIPT}"
zpty -w shell 'compadd() {
  local -a offered; local option
  for option; do [[ $option == -[AODx] ]] && { builtin compadd "$@"; return; }; done
  builtin compadd -A offered "$@"
  (( $#offered )) && print -rl -- "offered:"$^offered
  builtin compadd "$@"
}
pressed() { print -r -- "be""gun" }
done_() { print -r -- "en""ded"; exit }
compprefuncs=(pressed) comppostfuncs=(done_)
bindkey "^I" complete-word; zstyle ":completion:*" insert-tab false; setopt no_list_beep
print re""ady'
hear ready
zpty -w -n shell "$LINE"$'\\t'
while zpty -r shell part; do
  part=\${part//$'\\r'/}
  [[ $part == *offered:* ]] && print -r -- \${part##*offered:}
  [[ $part == *ended* ]] && break
done
zpty -d shell`;
  const env = { ...process.env, SCRIPT: script, LINE: line, TERM: 'dumb' };
  const { stdout } = await run('zsh', ['-f', '-c', program], { cwd, env, timeout: limitMs });
  return wordsIn(stdout).map((word) => word.replaceAll('\\ ', ' ')); // as it is typed
};

export const askingShells = { bash, zsh, fish } as const;
