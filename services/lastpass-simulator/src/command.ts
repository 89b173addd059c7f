/** Which commands there are, and carrying one out. */
import { batchadd } from './commands/batchadd.ts';
import { batchchangegrp } from './commands/batchchangegrp.ts';
import { deluser } from './commands/deluser.ts';
import { disablemultifactor } from './commands/disablemultifactor.ts';
import { disableuser, enableuser } from './commands/disableuser.ts';
import { expiredmasterpwlist } from './commands/expiredmasterpwlist.ts';
import { getdetailedsfdata, getsfdata } from './commands/getsfdata.ts';
import { getuserdata } from './commands/getuserdata.ts';
import { reinviteuser } from './commands/reinviteuser.ts';
import { reporting } from './commands/reporting.ts';
import { requiremasterpasswordchange, resetpassword } from './commands/resetpassword.ts';
import { updateemail } from './commands/updateemail.ts';
import { updateuser } from './commands/updateuser.ts';
import { type CommandContext, failed, type Outcome } from './outcome.ts';
import type { Tenant } from './tenant.ts';

type Command = (tenant: Tenant, data: unknown, context: CommandContext) => Outcome;

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['getuserdata', getuserdata],
  ['batchadd', batchadd],
  ['updateuser', updateuser],
  ['disableuser', disableuser],
  ['enableuser', enableuser],
  ['deluser', deluser],
  ['batchchangegrp', batchchangegrp],
  ['updateemail', updateemail],
  ['reinviteuser', reinviteuser],
  ['resetpassword', resetpassword],
  ['requiremasterpasswordchange', requiremasterpasswordchange],
  ['disablemultifactor', disablemultifactor],
  ['getsfdata', getsfdata],
  ['getdetailedsfdata', getdetailedsfdata],
  ['reporting', reporting],
  ['expiredmasterpwlist', expiredmasterpwlist],
]);

/** The names of all commands. */
export const COMMAND_NAMES: readonly string[] = [...COMMANDS.keys()];

/** Carries out one command on the tenant. One that isn't simulated is a FAIL that says so. */
export function execute(
  tenant: Tenant,
  { cmd, data }: { cmd: string; data: unknown },
  context: CommandContext,
): Outcome {
  const command = COMMANDS.get(cmd);
  if (command) return command(tenant, data, context);
  return failed(`Unknown command: ${cmd}. The simulator knows ${COMMAND_NAMES.join(', ')}`);
}
