/** The generated directory in a process of its own, with all that an administrator needs to know to change it (`DirectoryAdmin`). */
import { join } from 'node:path';
import { z } from 'zod';
import { Program } from '../child-process.ts';
import type { AdminLogin } from '../directory-admin.ts';
import { waitUntil } from '../wait-until.ts';

export interface LoopbackProcessOptions {
  readonly people: number;
  /** A loopback address that the certificate is for. */
  readonly address: string;
  /** PEM files; `makeCertificates` makes such, and a `SambaDomain` has them. */
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** DirSync's answers have no pages, as Samba's. */
  readonly oneAnswer?: boolean;
}

const told = z.object({ ldapUrl: z.string(), ldapsUrl: z.string(), baseDn: z.string(), password: z.string() });

export class LoopbackProcess implements AdminLogin, AsyncDisposable {
  readonly ldapUrl: string;
  readonly ldapsUrl: string;
  readonly caFile: string;
  readonly baseDn: string;
  readonly adminDn: string;
  readonly adminPassword: string;
  readonly #program: Program;

  private constructor(program: Program, line: string, caFile: string) {
    const { ldapUrl, ldapsUrl, baseDn, password } = told.parse(JSON.parse(line));
    this.#program = program;
    this.ldapUrl = ldapUrl;
    this.ldapsUrl = ldapsUrl;
    this.caFile = caFile;
    this.baseDn = baseDn;
    this.adminDn = `CN=Administrator,CN=Users,${baseDn}`;
    this.adminPassword = password;
  }

  static async start(options: LoopbackProcessOptions): Promise<LoopbackProcess> {
    const { people, address, caFile, certificateFile, keyFile, oneAnswer = false } = options;
    const program = new Program({
      command: process.execPath,
      args: [
        ...[join(import.meta.dirname, 'main.ts'), '--people', String(people), '--address', address],
        ...['--certificate', certificateFile, '--key', keyFile, ...(oneAnswer ? ['--one-answer'] : [])],
      ],
    });
    const line = await waitUntil('the generated directory to listen', () => {
      if (!program.running) throw new Error(`the generated directory ended: ${program.output}`);
      return program.lines[0];
    });
    return new LoopbackProcess(program, line, caFile);
  }

  get pid(): number {
    return this.#program.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.stop();
  }
}
