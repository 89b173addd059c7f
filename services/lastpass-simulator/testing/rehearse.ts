/** A tenant whose commands answer as on the wire, without HTTP. */
import { execute } from '../src/command.ts';
import type { Change } from '../src/outcome.ts';
import { rateLimit } from '../src/rate-limit.ts';
import { type SettingsPatch, settings } from '../src/settings.ts';
import { type StateInput, stateSeed } from '../src/state.ts';
import { Tenant } from '../src/tenant.ts';
import { toWire } from '../src/wire.ts';

/** The time of every call. */
export const NOW = new Date('2026-03-01T10:00:00Z');

type Circumstances = { poisoned?: Map<string, string> /** The caller's address. */; source?: string };

/** `run` carries out one command and gives its answer and what it changed. */
export function rehearse(state: StateInput, patch: SettingsPatch = {}) {
  const tenant = Tenant.from(stateSeed.parse(state), NOW);
  const chosen = settings.parse(patch);
  const emailChanges = rateLimit({ perSecond: 10 });
  const run = (cmd: string, data: unknown, { poisoned = new Map(), source = '127.0.0.1' }: Circumstances = {}) => {
    const context = { settings: chosen, now: NOW, source, emailChanges, masterKeys: new Map(), poisoned };
    const { answer, changes } = execute(tenant, { cmd, data }, context);
    tenant.record({ username: 'API', ipAddress: source, nowMs: NOW.getTime() });
    return { wire: toWire(answer, chosen), changes };
  };
  return { tenant, run };
}

/** Changes as `<step> <username>`. */
export function steps(changes: Change[]): string[] {
  return changes.map(({ step, username }) => `${step} ${username}`);
}
