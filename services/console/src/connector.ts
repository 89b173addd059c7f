#!/usr/bin/env node
/** The `connector` command, as a process. It talks to Redis only: the services need not run, nor be on this machine. */
import { CommanderError } from 'commander';
import { aside, retry } from './aside/aside-commands.ts';
import { check } from './check/check-command.ts';
import { commandLine, type Invocation } from './command-line.ts';
import type { ExitCode } from './context.ts';
import { drift } from './drift/drift-command.ts';
import { decide, list } from './held/held-commands.ts';
import { preview } from './preview/preview-command.ts';
import { openSession, openUnchecked } from './session.ts';
import { status } from './status/status-command.ts';
import { pause, resume } from './steer/pause-commands.ts';
import { sync } from './sync/sync-command.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** What was typed; or how to end when help was all that was wanted, or it was wrong, which is told already. */
function invocationOf(argv: readonly string[]): { invocation: Invocation } | { exitCode: 0 | 2 } {
  let invocation: Invocation | undefined;
  try {
    commandLine((typed) => {
      invocation = typed;
    }).parse(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: error.exitCode === 0 ? 0 : 2 };
  }
  return invocation === undefined ? { exitCode: 2 } : { invocation };
}

async function run(invocation: Invocation, terminal: Terminal): Promise<ExitCode> {
  using session = invocation.command === 'check' ? openUnchecked() : await openSession();
  const context = { session, terminal };
  try {
    switch (invocation.command) {
      case 'status':
        return await status(context, invocation);
      case 'held':
        return await list(context, { lists: ['held'], json: invocation.json });
      case 'pending':
        return await list(context, { lists: ['pending', 'rejected'], json: invocation.json });
      case 'decide':
        return await decide(context, invocation);
      case 'check':
        return await check(context, { ...invocation, signal: interrupted() });
      case 'aside':
        return await aside(context, invocation);
      case 'retry':
        return await retry(context, invocation);
      case 'drift':
        return await drift(context, invocation);
      case 'pause':
        return await pause(context, invocation);
      case 'resume':
        return await resume(context, invocation);
      case 'preview':
        return await preview(context, { ...invocation, signal: interrupted() });
      case 'sync':
        return await sync(context, { ...invocation, signal: interrupted() });
    }
  } catch (error) {
    throw session.explain(error);
  }
}

/** Given at the first Ctrl-C; a second one ends the process as usual. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

/** Tells a failure in its own words, one line, without a stack: these are for people. */
function tell(error: unknown, { json }: Invocation, terminal: Terminal): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : 'FAILED';
  if (json) terminal.line(JSON.stringify({ error: { code, message } }, null, 2));
  else process.stderr.write(`connector: ${message}\n`);
}

/** Ends the process once everything is written: ioredis keeps a timer for 2 s after a connection that never came about. */
async function end(exitCode: ExitCode | 2): Promise<never> {
  const written = (stream: NodeJS.WriteStream) => new Promise<void>((done) => stream.write('', () => done()));
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(exitCode);
}

const typed = invocationOf(process.argv);
if ('exitCode' in typed) await end(typed.exitCode);
else {
  const terminal = openTerminal();
  try {
    await end(await run(typed.invocation, terminal));
  } catch (error) {
    tell(error, typed.invocation, terminal);
    await end(1);
  }
}
