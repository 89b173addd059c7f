/**
 * The Redis of docker-compose.yml without a Docker engine: its own command, its redis.conf and its health check, on this machine's programs and in a
 * folder of its own; and a `docker` and a `kubectl` that do with it what the scripts of `containers/`, and the documents, ask of them. What an
 * engine does is for `tests/containers`.
 */

import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Program } from './child-process.ts';
import { freePort } from './redis-server.ts';

const root = resolve(import.meta.dirname, '../..');
const composed = z.object({
  services: z.object({
    redis: z.object({
      command: z.tuple([z.literal('sh'), z.literal('-ec'), z.string()]),
      healthcheck: z.object({ test: z.tuple([z.literal('CMD-SHELL'), z.string()]) }),
    }),
  }),
});
const { redis } = composed.parse(
  parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }),
).services;
/** Compose would take a single $ for a variable. */
const unescaped = (text: string) => text.replaceAll('$$', '$');

/**
 * `$HOME` stands for the container: paths in a script become those below it. Any other call of Docker is an error. Redis ends by itself after five
 * minutes, should nobody be there any more to end it.
 */
const standIn = `#!/bin/bash
inside() {
  local words=() word
  for word; do
    word=\${word//\\/tmp\\//$HOME/tmp/} word=\${word//\\/data/$HOME/data}
    word=\${word//\\/run\\/secrets/$HOME/secrets} words+=("\${word//\\/etc\\/redis.conf/$HOME/redis.conf}")
  done
  exec "\${words[@]}"
}
case "$*" in
  'compose exec -T redis '*) [ -e ~/running ] || { echo 'service "redis" is not running' >&2; exit 1; }; inside "\${@:5}" ;;
  'compose run --rm -T --no-deps redis '*) inside "\${@:7}" ;;
  'ps -q -f label=com.docker.swarm.service.name=connector_redis') echo the-container ;;
  'exec -i the-container '*) inside "\${@:4}" ;;
  '-n connector exec -i redis-0 -- '*) inside "\${@:7}" ;;
  'compose stop redis')
    [ -e ~/running ] || exit 0
    kill $(cat ~/running)
    while kill -0 $(cat ~/running) 2>/dev/null; do sleep 0.02; done
    rm ~/running ;;
  'compose up --detach --wait --wait-timeout 120 --no-deps redis')
    (inside timeout 300 sh -ec "$(cat ~/command)") >>~/log 2>&1 </dev/null &
    echo $! >~/running
    until (inside sh -c "$(cat ~/health-check)") 2>/dev/null; do
      sleep 0.02
      kill -0 $! 2>/dev/null || { rm ~/running; echo 'container redis exited' >&2; exit 1; }
    done ;;
  *) echo "a call of docker that nobody expected: $*" >&2; exit 125 ;;
esac
`;

export class ComposedRedis implements AsyncDisposable {
  /** The container's files: `data`, `secrets`, `tmp`, `log`. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** It isn't started yet. */
  static async create(): Promise<ComposedRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'composed-'));
    const composed = new ComposedRedis(folder);
    const port = await freePort();
    for (const name of ['bin', 'data', 'secrets', 'tmp']) await mkdir(join(folder, name));
    const settings = readFileSync(join(root, 'containers/redis.conf'), 'utf8');
    await writeFile(join(folder, 'redis.conf'), settings.replace('dir /data', `dir ${join(folder, 'data')}`));
    await writeFile(join(folder, 'secrets/redis-password'), 'a-password-of-this-test\n');
    await writeFile(join(folder, 'command'), unescaped(redis.command[2]));
    await writeFile(join(folder, 'health-check'), unescaped(redis.healthcheck.test[1]));
    await composed.program('docker', standIn);
    await composed.program('kubectl', standIn);
    const bound = `--bind 127.0.0.1 --port ${port}`;
    await composed.program('redis-server', `#!/bin/bash\nPATH=\${PATH#*:} exec redis-server "$@" ${bound}\n`);
    await composed.program('redis-cli', `#!/bin/bash\nPATH=\${PATH#*:} exec redis-cli -p ${port} "$@"\n`);
    return composed;
  }

  /** Puts a program in front of this machine's own. */
  async program(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, 'bin', name), text, { mode: 0o755 });
  }

  /** Types a script into bash, in the clone. */
  async type(script: string): Promise<{ readonly code: number | null; readonly output: string }> {
    const env = { HOME: this.folder, PATH: `${join(this.folder, 'bin')}:${process.env['PATH']}` };
    await using bash = new Program({ command: 'bash', args: ['-euo', 'pipefail', '-c', script], cwd: root, env });
    const code = await bash.ended;
    return { code, output: bash.output };
  }

  /** Starts it, and waits until its health check is content. */
  async start(): Promise<{ readonly code: number | null; readonly output: string }> {
    return await this.type('docker compose up --detach --wait --wait-timeout 120 --no-deps redis');
  }

  /** What it answers to a command. */
  async ask(command: string): Promise<string> {
    const { output } = await this.type(`REDISCLI_AUTH=$(cat ~/secrets/redis-password) redis-cli ${command}`);
    return output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.type('docker compose stop redis');
    await rm(this.folder, { recursive: true, force: true });
  }
}
