/** disableuser and enableuser: lists of e-mails; those in that state already are listed apart. */
import { z } from 'zod';
import { type Change, type CommandContext, noSuchUser, type Outcome } from '../outcome.ts';
import type { Tenant } from '../tenant.ts';
import { address, readData, tooLarge } from './entries.ts';
import { hasFreeSeat, noSeat } from './seats.ts';

export function disableuser(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  return setDisabled({ tenant, data, context, disabled: true });
}

export function enableuser(tenant: Tenant, data: unknown, context: CommandContext): Outcome {
  return setDisabled({ tenant, data, context, disabled: false });
}

type Call = { tenant: Tenant; data: unknown; context: CommandContext; disabled: boolean };

function setDisabled({ tenant, data, context, disabled }: Call): Outcome {
  const read = readData(z.array(address), data);
  if ('refusal' in read) return read.refusal;
  const refusal = tooLarge(read.data, context);
  if (refusal) return refusal;
  const [changed, unchanged, errors]: [string[], string[], string[]] = [[], [], []];
  for (const username of read.data) {
    const user = tenant.find(username);
    const error = context.poisoned.get(username);
    if (error !== undefined) errors.push(`${error}: ${username}`);
    else if (user === undefined) errors.push(noSuchUser(username));
    else if (!disabled && user.disabled && !hasFreeSeat(tenant, context))
      errors.push(noSeat(username, context.settings));
    else (tenant.setDisabled(user, disabled) ? changed : unchanged).push(username);
  }
  const changes = changed.map((username): Change => ({ username, step: disabled ? 'disable' : 'enable' }));
  const to = disabled ? 'disabled' : 'enabled';
  return { answer: { kind: 'switched', to, changed, unchanged, errors: [...new Set(errors)] }, changes };
}
