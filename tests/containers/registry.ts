/** A registry of images on loopback, where an engine asks for no TLS; it keeps them for as long as a test takes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { Program } from '../support/child-process.ts';
import { freePort } from '../support/redis-server.ts';
import { waitUntil } from '../support/wait-until.ts';

export class Registry implements AsyncDisposable {
  /** What names of its images begin with, such as `127.0.0.1:49153`. */
  readonly address: string;
  readonly #program: Program;
  readonly #folder: string;

  private constructor(address: string, program: Program, folder: string) {
    this.address = address;
    this.#program = program;
    this.#folder = folder;
  }

  /** Starts one that has nothing, and waits until it answers. */
  static async create(): Promise<Registry> {
    const folder = await mkdtemp(join(tmpdir(), 'registry-'));
    const address = `127.0.0.1:${await freePort()}`;
    const file = join(folder, 'config.yml');
    const storage = { filesystem: { rootdirectory: join(folder, 'images') } };
    await writeFile(file, stringify({ version: '0.1', storage, http: { addr: address } }));
    const program = new Program({ command: 'docker-registry', args: ['serve', file] });
    const registry = new Registry(address, program, folder);
    try {
      await waitUntil('the registry', async () => {
        if (!program.running) throw new Error(program.output);
        return (await fetch(`http://${address}/v2/`)).ok;
      });
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
    return registry;
  }

  /** The tags that an image has there. @throws Error when it isn't there */
  async tagsOf(image: string): Promise<readonly string[]> {
    const answer = await fetch(`http://${this.address}/v2/${image}/tags/list`);
    return z.object({ tags: z.array(z.string()) }).parse(await answer.json()).tags;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
