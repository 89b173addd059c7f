/**
 * What the container engine asks every few seconds: does the service of this container answer `/healthz`? It knows neither
 * service nor configuration: it asks whatever port is listened on. Exit code 0 when one answers well, else 1 with the reason.
 */
import { readFileSync } from 'node:fs';
import { listeningPorts } from './listening-ports.ts';

const answerWithinMs = 4_000;

async function problemAt(port: number): Promise<string | null> {
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(answerWithinMs) });
    return status === 200 ? null : `port ${port} answers ${status}`;
  } catch (error) {
    return `port ${port}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const problems = await Promise.all(listeningPorts(readFileSync('/proc/net/tcp', 'latin1')).map(problemAt));
if (!problems.includes(null)) {
  process.stderr.write(`${problems.join('; ') || 'no service listens'}\n`);
  process.exitCode = 1;
}
