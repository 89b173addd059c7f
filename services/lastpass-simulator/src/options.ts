/** The simulator's settings from the command line and the environment; the command line wins. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { problem } from './problem.ts';
import { REHEARSAL_PROVHASH, settings } from './settings.ts';

export const HELP = `LastPass simulator: a rehearsal copy of LastPass's Enterprise API, with a tenant in memory.

Usage: npm start -w services/lastpass-simulator -- [options]

  --host <address>      address to listen on                 (LASTPASS_SIMULATOR_HOST, default 127.0.0.1)
  --port <number>       port; 0 takes any free one           (LASTPASS_SIMULATOR_PORT, default 8081)
  --cid <digits>        account number to accept             (LASTPASS_SIMULATOR_CID, default 12345678)
  --provhash <text>     provisioning hash to accept          (LASTPASS_SIMULATOR_PROVHASH,
                        default ${REHEARSAL_PROVHASH})
  --key-registrar-token <text>   let a connector register the keys of federated users by it
                        (LASTPASS_SIMULATOR_KEY_REGISTRAR_TOKEN, default: no key registrar)
  --state-file <path>   keep the tenant in this file         (LASTPASS_SIMULATOR_STATE_FILE, default: memory only)
  --seed-file <path>    begin with the tenant of this file where there is no state file yet, or none is kept
                        (LASTPASS_SIMULATOR_SEED_FILE, in the form of PUT /control/state)
  --latency-ms <ms>     delay of every answer                (LASTPASS_SIMULATOR_LATENCY_MS, default 0)
  --help                show this

Calls go to POST /enterpriseapi.php; / is a page that shows what is in it. The rehearsal is steered by /control/state, calls,
events, faults, settings, folders, policies, login and reset, which ask for no password: keep it on loopback or a private
network. See docs/simulator.md.
`;

/** A setting that can't be used; the message names it and what to write. */
export class OptionsError extends Error {
  readonly code = 'options';
}

const options = z.strictObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'must be a number from 0 to 65535')
    .default(8081),
  cid: settings.shape.cid,
  provhash: settings.shape.provhash,
  'key-registrar-token': settings.shape.keyRegistrarToken,
  'state-file': z.string().min(1).optional(),
  'seed-file': z.string().min(1).optional(),
  'latency-ms': z
    .string()
    .regex(/^\d{1,6}$/, 'must be a number of milliseconds')
    .transform(Number)
    .default(0),
});
export type ProcessOptions = z.infer<typeof options>;

const NAMES = [
  'host',
  'port',
  'cid',
  'provhash',
  'key-registrar-token',
  'state-file',
  'seed-file',
  'latency-ms',
] as const;

/** The options, or `'help'` where that was asked for; throws `OptionsError`. */
export function readOptions(args: string[], env: Record<string, string | undefined>): ProcessOptions | 'help' {
  const given = parsed(args);
  if (given['help'] === true) return 'help';
  // An empty variable is how compose files write "not set".
  const entries = NAMES.map((name) => [name, given[name] ?? (env[variable(name)] || undefined)]);
  const merged = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const result = options.safeParse(merged);
  if (result.success) return result.data;
  throw new OptionsError(`${problem(result.error)}. See --help.`);
}

function parsed(args: string[]): Record<string, string | boolean | undefined> {
  try {
    const types = Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }]));
    return parseArgs({ args, options: { ...types, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (cause) {
    throw new OptionsError(`${cause instanceof Error ? cause.message : String(cause)}. See --help.`, { cause });
  }
}

/** `state-file` → `LASTPASS_SIMULATOR_STATE_FILE`. */
function variable(name: string): string {
  return `LASTPASS_SIMULATOR_${name.toUpperCase().replaceAll('-', '_')}`;
}
