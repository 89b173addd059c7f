/** Commands that take no time worth telling how far they are, and needn't be broken off: typed, or asked for by way of the API. */
import { createTokenFor, revoke, tokens } from './access/token-commands.ts';
import { aside, retry } from './aside/aside-commands.ts';
import { audit, exportAudit, verify } from './audit/audit-command.ts';
import type { Invocation } from './command-line/invocation.ts';
import type { Context, ExitCode } from './context.ts';
import { switchDebug } from './debug-log/debug-log-command.ts';
import { drift } from './drift/drift-command.ts';
import { explain } from './explain/explain-command.ts';
import { decide, list } from './held/held-commands.ts';
import { history, policy } from './policy/policy-commands.ts';
import { status } from './status/status-command.ts';
import { pause, resume } from './steer/pause-commands.ts';
import { undo } from './undo/undo-command.ts';

/** One of them. */
export type QuickInvocation = Exclude<
  Invocation,
  {
    readonly command:
      | 'completion'
      | 'check'
      | 'preview'
      | 'apply'
      | 'sync'
      | 'set-policy'
      | 'support-bundle'
      | 'federation-status'
      | 'convert-to-federated'
      | 'forget-company-key'
      | 'generate-key'
      | 'verify-key'
      | 'test-notifications';
  }
>;

/** Runs one. @throws each command's own errors */
export async function perform(context: Context, invocation: QuickInvocation): Promise<ExitCode> {
  switch (invocation.command) {
    case 'status':
      return await status(context, invocation);
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
    case 'pause':
      return await pause(context, invocation);
    case 'resume':
      return await resume(context, invocation);
    case 'policy':
      return await policy(context, invocation);
    case 'policy-history':
      return await history(context, invocation);
    case 'audit':
      return await audit(context, invocation);
    case 'export-audit':
      return await exportAudit(context, invocation);
    case 'verify-audit':
      return await verify(context, invocation);
    case 'debug-log':
      return await switchDebug(context, invocation);
    case 'tokens':
      return await tokens(context, invocation);
    case 'create-token':
      return await createTokenFor(context, invocation);
    case 'revoke-token':
      return await revoke(context, invocation);
  }
}
