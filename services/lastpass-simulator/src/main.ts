/** The simulator as a process: settings in, address out, and an orderly end on SIGINT or SIGTERM. */
import type { FastifyInstance } from 'fastify';
import { buildSimulator } from './app.ts';
import { API_PATH } from './enterprise-api.ts';
import { HELP, type ProcessOptions, readOptions } from './options.ts';
import type { StateInput } from './state.ts';
import { loadState } from './state-file.ts';

/** A close that takes longer is cut short, with exit code 1. */
const CLOSE_LIMIT_MS = 5_000;

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  fail(error);
}

async function run({ host, port, cid, provhash, ...rest }: ProcessOptions): Promise<void> {
  const path = rest['state-file'];
  const seed = await seedOf(rest['seed-file']);
  const app = await buildSimulator({
    settings: { cid, provhash, keyRegistrarToken: rest['key-registrar-token'], latencyMs: rest['latency-ms'] },
    ...(seed === undefined ? {} : { state: seed }),
    ...(path === undefined ? {} : { stateFilePath: path }),
    onError: (error) => process.stderr.write(`${error.message}\n`),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close(app));
  const address = await app.listen({ host, port }).catch((cause: Error) => {
    throw new Error(`can't listen on ${host}, port ${port}: ${cause.message}. Choose others with --host and --port.`, {
      cause,
    });
  });
  process.stdout.write(`LastPass simulator listening on ${address}${API_PATH}\n`);
}

/** A state file that isn't there is a new one; a seed file that isn't is a slip. */
async function seedOf(path: string | undefined): Promise<StateInput | undefined> {
  if (path === undefined) return undefined;
  const seed = await loadState(path);
  if (seed === undefined) throw new Error(`there is no seed file ${path}: write its path as --seed-file`);
  return seed;
}

async function close(app: FastifyInstance): Promise<void> {
  const limit = setTimeout(
    () => fail(new Error(`the simulator didn't close within ${CLOSE_LIMIT_MS} ms`)),
    CLOSE_LIMIT_MS,
  );
  try {
    await app.close();
  } catch (error) {
    fail(error);
  } finally {
    clearTimeout(limit);
  }
}

function fail(error: unknown): never {
  process.stderr.write(`LastPass simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
