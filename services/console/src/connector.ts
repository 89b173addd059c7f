#!/usr/bin/env node
/** The `connector` command, as a process. It talks to Redis: the services need not run, nor be on this machine. */
import { CommanderError } from 'commander';
import { commandLine } from './command-line/command-line.ts';
import type { Invocation } from './command-line/invocation.ts';
import { WrongUsage } from './command-line/wrong-usage.ts';
import { completionScript } from './completion/completion-script.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/**
 * What was typed; or how to end when help was all that was wanted, which is told already.
 * @throws WrongUsage
 */
function invocationOf(argv: readonly string[]): Invocation | { exitCode: 0 | 2 } {
  let invocation: Invocation | undefined;
  try {
    commandLine((typed) => {
      invocation = typed;
    }).parse(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: error.exitCode === 0 ? 0 : 2 };
  }
  return invocation ?? { exitCode: 2 };
}

/** Tells a failure in its own words, without a stack: these are for people. */
function tell(error: unknown, { json, terminal }: { json: boolean; terminal: Terminal }): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : 'FAILED';
  if (json) terminal.json({ error: { code, message } });
  else for (const line of message.split('\n')) terminal.problem(`connector: ${line}`);
}

async function main(terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    const typed = invocationOf(process.argv);
    if ('exitCode' in typed) return typed.exitCode;
    if (typed.command === 'completion') {
      for (const line of completionScript(
        commandLine(() => undefined),
        typed.shell,
      ))
        terminal.line(line);
      return 0;
    }
    const { run } = await import('./run.ts'); // help needn't wait for all that a command needs
    return await run(typed, terminal);
  } catch (error) {
    tell(error, { json: process.argv.includes('--json'), terminal });
    return error instanceof WrongUsage ? 2 : 1;
  }
}

/** Ends the process once everything is written: ioredis keeps a timer for 2 s after a connection that never came about. */
async function end(exitCode: 0 | 1 | 2): Promise<never> {
  const written = (stream: NodeJS.WriteStream) => new Promise<void>((done) => stream.write('', () => done()));
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(exitCode);
}

await end(await main(openTerminal()));
