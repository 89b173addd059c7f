/** A real Prometheus that scrapes what a test starts, and `promtool`. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Program } from './child-process.ts';
import { freePort } from './redis-server.ts';
import { waitUntil } from './wait-until.ts';

const run = promisify(execFile);

const series = z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) });
const answer = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z.object({ result: z.array(series) }).optional(),
});

/** A time series at the moment that was asked about. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusOptions {
  /** Made for it; it goes with the test's folder. */
  readonly dir: string;
  /** Service → `host:port` of each replica. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** Of rules. */
  readonly ruleFiles?: readonly string[];
}

export class Prometheus implements AsyncDisposable {
  readonly #program: Program;
  readonly #origin: string;

  private constructor(program: Program, origin: string) {
    this.#program = program;
    this.#origin = origin;
  }

  /** Starts one, labelled as deploy/monitoring/prometheus.yml labels what it scrapes, but each second. */
  static async create({ dir, targets, ruleFiles = [] }: PrometheusOptions): Promise<Prometheus> {
    await mkdir(dir, { recursive: true });
    const configuration = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ruleFiles,
      scrape_configs: [
        {
          job_name: 'connector',
          static_configs: Object.entries(targets).map(([service, each]) => ({ targets: each, labels: { service } })),
        },
      ],
    };
    const file = join(dir, 'prometheus.yml');
    await writeFile(file, JSON.stringify(configuration)); // YAML takes JSON
    const address = `127.0.0.1:${await freePort()}`;
    const args = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${address}`,
    ];
    const program = new Program({ command: 'prometheus', args });
    const prometheus = new Prometheus(program, `http://${address}`);
    await waitUntil('Prometheus to be ready', async () => {
      if (!program.running) throw new Error(program.output);
      return (await fetch(`http://${address}/-/ready`)).ok;
    });
    return prometheus;
  }

  /** What an expression comes to now. @throws Error with its words when it isn't valid */
  async query(expression: string): Promise<Sample[]> {
    const body = new URLSearchParams({ query: expression });
    const told = await fetch(`${this.#origin}/api/v1/query`, { method: 'POST', body });
    const { status, error, data } = answer.parse(await told.json());
    if (status !== 'success') throw new Error(`${expression}: ${error}`);
    return (data?.result ?? []).map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
  }
}

/** Runs `promtool`. @throws Error with what it says, when it finds fault */
export async function promtool(args: readonly string[], input = ''): Promise<string> {
  const running = run('promtool', [...args]);
  running.child.stdin?.end(input);
  try {
    const { stdout, stderr } = await running;
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(' ')}: ${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}
