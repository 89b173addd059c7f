/** What a command that was typed does: a session with Redis, and the command in it. */
import { apply } from './apply/apply-command.ts';
import { aside, retry } from './aside/aside-commands.ts';
import { check } from './check/check-command.ts';
import type { Invocation } from './command-line/invocation.ts';
import type { ExitCode } from './context.ts';
import { drift } from './drift/drift-command.ts';
import { explain } from './explain/explain-command.ts';
import { decide, list } from './held/held-commands.ts';
import { interruption, untilInterrupted } from './interrupted.ts';
import { preview } from './preview/preview-command.ts';
import { openSession, openUnchecked } from './session.ts';
import { status } from './status/status-command.ts';
import { pause, resume } from './steer/pause-commands.ts';
import { sync } from './sync/sync-command.ts';
import type { Terminal } from './terminal.ts';
import { undo } from './undo/undo-command.ts';

/**
 * Runs a command.
 * @throws ConfigurationError, RedisUnsuitable, RedisUnreachable, Interrupted, and each command's own errors: all in one line
 */
export async function run(invocation: Invocation, terminal: Terminal): Promise<ExitCode> {
  using session = invocation.command === 'check' ? openUnchecked() : await openSession();
  const context = { session, terminal };
  try {
    switch (invocation.command) {
      case 'status':
        return await status(context, invocation);
      case 'check':
        return await untilInterrupted((signal) => check(context, { ...invocation, signal }));
      case 'preview':
        return await untilInterrupted((signal) => preview(context, { ...invocation, signal }));
      case 'held':
        return await list(context, { lists: ['held'], json: invocation.json });
      case 'pending':
        return await list(context, { lists: ['pending', 'rejected'], json: invocation.json });
      case 'aside':
        return await aside(context, invocation);
      case 'drift':
        return await drift(context, invocation);
      case 'explain':
        return await explain(context, invocation);
      case 'decide':
        return await decide(context, invocation);
      case 'retry':
        return await retry(context, invocation);
      case 'undo':
        return await undo(context, invocation);
      case 'apply':
        return await apply(context, { ...invocation, signal: interruption() });
      case 'sync':
        return await sync(context, { ...invocation, signal: interruption() });
      case 'pause':
        return await pause(context, invocation);
      case 'resume':
        return await resume(context, invocation);
    }
  } catch (error) {
    throw session.explain(error);
  }
}
