/** A simulator process of a test file's own, and a client for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LastPassClient } from '../src/client.ts';
import type { LastPassClientOptions } from '../src/enterprise-api.ts';
import { LastPassReports } from '../src/reports.ts';

const SIMULATOR = fileURLToPath(new URL('../../../services/lastpass-simulator/src/main.ts', import.meta.url));

export const CID = '4711';
export const PROVHASH = 'the-provhash-that-no-error-may-tell';

export type Rehearsal = {
  apiUrl: string;
  client(options?: Partial<LastPassClientOptions>): LastPassClient;
  reports(options?: Partial<LastPassClientOptions>): LastPassReports;
  /** Calls the simulator's control API; the parsed answer, or null where there is none. */
  control(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** The last call in the simulator's log. */
  lastCall(): Promise<{ cmd: string; data: unknown; executed: boolean; sequence: number }>;
  close(): Promise<void>;
};

/** Starts a simulator on a free port; whoever starts it closes it. */
export async function startRehearsal(): Promise<Rehearsal> {
  const args = [SIMULATOR, '--port', '0', '--cid', CID, '--provhash', PROVHASH];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const line = once(createInterface(child.stdout), 'line').then(([text]) => String(text));
  const apiUrl = /http:\S+/.exec(await Promise.race([line, ended.then(() => 'the simulator ended at once')]))?.[0];
  if (apiUrl === undefined) throw new Error('the simulator told no address');
  const control = controlOf(new URL('/control/', apiUrl));
  return {
    apiUrl,
    control,
    client: (options) => new LastPassClient({ apiUrl, cid: CID, provhash: PROVHASH, ...options }),
    reports: (options) => new LastPassReports({ apiUrl, cid: CID, provhash: PROVHASH, ...options }),
    async lastCall() {
      const { calls } = (await control('GET', 'calls')) as { calls: Awaited<ReturnType<Rehearsal['lastCall']>>[] };
      const call = calls.at(-1);
      if (call === undefined) throw new Error('the simulator has had no call');
      return call;
    },
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function controlOf(base: URL): Rehearsal['control'] {
  return async (method, path, body) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(new URL(path, base), { method, ...(body === undefined ? {} : json) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}
