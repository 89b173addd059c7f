/** What a command that was typed does: a session with Redis, and the command in it; those about a key need none. */

import { apply } from './apply/apply-command.ts';
import { check } from './check/check-command.ts';
import type { Invocation } from './command-line/invocation.ts';
import { type ExitCode, operator } from './context.ts';
import { convert } from './federation/convert-command.ts';
import { federationStatus } from './federation/federation-status.ts';
import { forgetKey, generateKey, verifyKey } from './federation/key-commands.ts';
import { interruption, untilInterrupted } from './interrupted.ts';
import { testNotifications } from './notifications/test-command.ts';
import { perform } from './perform.ts';
import { setPolicy } from './policy/policy-commands.ts';
import { preview } from './preview/preview-command.ts';
import { openSession, openUnchecked } from './session.ts';
import { supportBundle } from './support-bundle/support-bundle-command.ts';
import { sync } from './sync/sync-command.ts';
import type { Terminal } from './terminal.ts';

/** These tell of a Redis that doesn't answer, too, or don't ask it. */
const needNoRedis: readonly Invocation['command'][] = ['check', 'support-bundle', 'test-notifications'];

/** What is run; the script for a shell is made without. */
export type RunInvocation = Exclude<Invocation, { readonly command: 'completion' }>;

/**
 * Runs a command.
 * @throws ConfigurationError, RedisUnsuitable, RedisUnreachable, Interrupted, and each command's own errors: all in one line
 */
export async function run(invocation: RunInvocation, terminal: Terminal): Promise<ExitCode> {
  if (invocation.command === 'generate-key') return generateKey({ terminal }, invocation);
  if (invocation.command === 'verify-key') return verifyKey({ terminal }, invocation);
  using session = needNoRedis.includes(invocation.command) ? openUnchecked() : await openSession();
  const context = { session, terminal, by: operator() };
  try {
    switch (invocation.command) {
      case 'check':
        return await untilInterrupted((signal) => check(context, { ...invocation, signal }));
      case 'test-notifications':
        return await testNotifications(context, invocation);
      case 'support-bundle':
        return await untilInterrupted((signal) => supportBundle(context, { ...invocation, signal }));
      case 'preview':
        return await untilInterrupted((signal) => preview(context, { ...invocation, signal }));
      case 'apply':
        return await apply(context, { ...invocation, signal: interruption() });
      case 'sync':
        return await sync(context, { ...invocation, signal: interruption() });
      case 'federation-status':
        return await untilInterrupted((signal) => federationStatus(context, { ...invocation, signal }));
      case 'forget-company-key':
        return await forgetKey(context, invocation);
      case 'convert-to-federated':
        return await convert(context, { ...invocation, signal: interruption() });
      case 'set-policy':
        return await setPolicy(context, { ...invocation, signal: interruption() });
      default:
        return await perform(context, invocation);
    }
  } catch (error) {
    throw session.explain(error);
  }
}
