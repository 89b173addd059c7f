/**
 * `make demo`: starts the demo in a session of its own. Ctrl-C would otherwise reach every process at once, Redis among
 * them, and no service could come to a good end.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const help = `Shows the connector at work, on this machine alone.

Usage: make demo [ONCE=1]        or, once that has set the machine up, as root: node demo/main.ts [--once]

Starts an Active Directory domain (Samba) with 300 people in 25 groups, Redis, a simulated LastPass whose accounts belong
in part to these people, and the connector's services. Shows the first sync, makes a round of changes over LDAP, tells how
long each took to reach LastPass, and compares all of LastPass with what it should be. Then stays up until Ctrl-C.

  --once    ends after the round; exit code 1 if LastPass is not what it should be, with the differences
  --help    shows this
`;

async function perform(args: readonly string[]): Promise<number> {
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const; // when we are killed, the channel's end tells
  const performance = spawn(process.execPath, [resolve(import.meta.dirname, 'performance.ts'), ...args], {
    detached: true,
    stdio: [...stdio],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => performance.kill(signal));
  const [code] = (await once(performance, 'exit')) as [number | null];
  return code ?? 1;
}

try {
  const { values } = parseArgs({ options: { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help) process.stdout.write(help);
  else process.exitCode = await perform(values.once ? ['--once'] : []);
} catch (error) {
  process.stderr.write(`demo: ${(error as Error).message}. See --help.\n`);
  process.exitCode = 2;
}
