/**
 * Looks at the configuration before any service starts with it, so that a slip is told once, in words, and ends
 * `docker compose up`, rather than by four services that begin again and again. Exit code 0 when it can be used, else 1.
 */
import { lookup } from 'node:dns/promises';
import { ConfigurationError, loadConfiguration } from '@connector/shared/configuration.ts';

const notSetUp = `This folder isn't set up for production, and the demo isn't running. Either
  docker compose --profile demo up
for the demo, or follow docs/getting-started.md: connector.yaml, secrets/, and in .env the line CONNECTOR_HOME=.
`;

/** Where nothing is set up, the compose file gives us the demo's configuration, which is of use to the demo alone. */
async function isNotSetUp(): Promise<boolean> {
  const { CONNECTOR_HOME: home = '', DEMO_DIRECTORY: directory = '' } = process.env;
  if (home !== '') return false;
  return await lookup(directory).then(
    () => false,
    () => true, // no container of that name
  );
}

try {
  const { directories } = loadConfiguration();
  if (await isNotSetUp()) {
    process.stderr.write(notSetUp);
    process.exitCode = 1;
  } else process.stdout.write(`the configuration can be used: ${directories.map(({ id }) => id).join(', ')}\n`);
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
