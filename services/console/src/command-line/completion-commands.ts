/** The command that teaches a shell what may be typed. */
import { Argument, type Command } from 'commander';
import { type Shell, shells } from '../completion/completion-script.ts';
import type { OnInvocation } from './invocation.ts';

export function addCompletion(program: Command, onInvocation: OnInvocation): void {
  program
    .command('completion')
    .summary('have the Tab key complete what is typed')
    .description(
      'Prints a script that teaches a shell to complete commands, options and their values. It needs neither configuration nor Redis, and asks for nothing while you type.',
    )
    .addArgument(new Argument('<shell>', 'the shell that you type in').choices(shells))
    .addHelpText(
      'after',
      `
For bash, in ~/.bashrc:
  source <(connector completion bash)
For zsh, in ~/.zshrc, after compinit:
  source <(connector completion zsh)
For fish, once, and again after each upgrade:
  connector completion fish > ~/.config/fish/completions/connector.fish

Where the command is not called "connector" alone, make it so, before that:
  connector() { npx connector "$@"; }
  connector() { docker compose exec console connector "$@"; }
and for fish:
  function connector; docker compose exec console connector $argv; end
Files are then completed on this machine: in a container they may be others.
Through docker, read the script with "exec -T console connector completion".`,
    )
    .action((shell: Shell) => onInvocation({ command: 'completion', shell, json: false }));
}
