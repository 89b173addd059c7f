/**
 * A throw-away Active Directory domain: a real Samba domain controller in a folder of its own, on a loopback address of
 * its own. Any number can run at once.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'ldapts';
import { freeAddress, isFree } from './samba/address.ts';
import { makeCertificates } from './samba/certificates.ts';
import { type DomainFolders, foldersIn, prepareFolders } from './samba/folders.ts';
import { groupEnds, signalGroup } from './samba/process-group.ts';
import { python, run, runSamba, tail } from './samba/run.ts';
import { sambaProgram } from './samba/toolbox.ts';

/** Raise it when anything in a newly provisioned domain changes: older cached ones are then left alone. */
const provisioningVersion = 1;

const adminPassword = 'Passw0rd!Admin';
const defaultCache = resolve(import.meta.dirname, '../../.cache');
const script = (name: string) => join(import.meta.dirname, 'samba', name);

/** Shell: Samba in a process group of its own, whose number is told first; in a container nobody else could tell it. */
const leading = `file=$1; shift; exec setsid --wait sh -c 'echo $$ > "$0.new" && mv "$0.new" "$0" && exec samba "$@"' "$file" "$@"`;

const answerWithinMs = 20_000;
const stopWithinMs = 10_000;

export interface SambaDomainOptions {
  /** Folder for the domain; made, and removed when the domain is disposed of. */
  readonly dir: string;
  /** A loopback address to itself; default: a free one from 127.0.x.y. */
  readonly address?: string | undefined;
  /** Default: `EXAMPLE.TEST`. */
  readonly realm?: string | undefined;
  /** Where pristine domains are kept between runs; default: `.cache` in the repository's root. */
  readonly cacheDir?: string | undefined;
  /** What it holds to begin with: a file of `snapshot`, of a domain of the same realm; default: a pristine domain. */
  readonly snapshot?: string | undefined;
}

export interface ServiceAccount {
  readonly dn: string;
  readonly password: string;
}

export class SambaDomain implements AsyncDisposable {
  readonly address: string;
  readonly realm: string;
  /** Its smb.conf. */
  readonly configurationFile: string;
  readonly ldapsUrl: string;
  readonly ldapUrl: string;
  /** PEM file of the authority that signed the domain controller's certificate. */
  readonly caFile: string;
  /** PEM files of that certificate and its key. */
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly baseDn: string;
  readonly adminDn: string;
  readonly adminPassword = adminPassword;
  readonly #folders: DomainFolders;
  #process: ChildProcess | null = null;

  private constructor(folders: DomainFolders, address: string, realm: string) {
    this.#folders = folders;
    this.address = address;
    this.realm = realm;
    this.configurationFile = folders.configuration;
    this.ldapsUrl = `ldaps://${address}`;
    this.ldapUrl = `ldap://${address}`;
    this.caFile = folders.caFile;
    this.certificateFile = join(folders.tls, 'cert.pem');
    this.keyFile = join(folders.tls, 'key.pem');
    this.baseDn = realm
      .split('.')
      .map((label) => `DC=${label.toLowerCase()}`)
      .join(',');
    this.adminDn = `CN=Administrator,CN=Users,${this.baseDn}`;
  }

  /**
   * Makes a new domain and starts it: in about a second once a pristine one is in the cache, else in ten.
   * Needs root, for the ports below 1024 and Samba's own files.
   */
  static async create(options: SambaDomainOptions): Promise<SambaDomain> {
    const { realm = 'EXAMPLE.TEST', cacheDir = defaultCache } = options;
    const address = options.address ?? (await freeAddress());
    const folders = foldersIn(resolve(options.dir));
    const domain = new SambaDomain(folders, address, realm);
    try {
      await domain.#unpack(options.snapshot ?? (await pristineDomain(realm, resolve(cacheDir))));
      await domain.start();
      return domain;
    } catch (error) {
      await domain[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Makes a second domain controller of this domain, not started yet, out of what this one holds now. They don't replicate:
   * from here on each has what it is told, like two between which replication is late or broken.
   * @param database whether it gets an `invocationId` of its own, as it has to, or is a mere copy of this one's machine
   */
  async copy(options: { dir: string; address?: string; database: 'own' | 'same' }): Promise<SambaDomain> {
    const address = options.address ?? (await freeAddress());
    const copy = new SambaDomain(foldersIn(resolve(options.dir)), address, this.realm);
    try {
      await mkdir(options.dir, { recursive: true });
      const file = join(options.dir, 'copied.tar');
      await this.snapshot(file);
      await copy.#unpack(file);
      await rm(file);
      if (options.database === 'own') await runSamba(python, [script('new_database.py'), copy.configurationFile]);
      return copy;
    } catch (error) {
      await copy[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Keeps all that it holds in a tar file, from which `create` makes others. It doesn't answer meanwhile. */
  async snapshot(file: string): Promise<void> {
    const wasRunning = this.#process !== null;
    await this.stop();
    await pack(this.#folders, file);
    if (wasRunning) await this.start();
  }

  async #unpack(file: string): Promise<void> {
    const { realm, address } = this;
    await prepareFolders(this.#folders, { realm, address });
    await run('tar', ['-C', this.#folders.root, '--no-same-owner', '-xf', file]);
    await makeCertificates(this.#folders.tls, { realm, address });
  }

  /** Starts the domain controller and waits until it answers. */
  async start(): Promise<void> {
    if (this.#process !== null) return;
    // Without this, the answer of whoever else is there would pass for ours.
    if (!(await isFree(this.address))) throw new Error(`something else listens at ${this.address} already`);
    const output = openSync(`${this.#folders.log}.out`, 'a');
    // An interactive Samba ends when its standard input does: a test that is killed leaves no domain controller behind.
    const arguments_ = ['-s', this.#folders.configuration, '--interactive', '--no-process-group', '--model=prefork'];
    const { command, args } = await sambaProgram('sh', ['-c', leading, 'sh', this.#leaderFile, ...arguments_]);
    await rm(this.#leaderFile, { force: true });
    const samba = spawn(command, args, { stdio: ['pipe', output, output] });
    closeSync(output); // the child has its own copy
    await once(samba, 'spawn');
    this.#process = samba;
    await this.#untilItAnswers(samba);
  }

  /** Ends the domain controller in good order; by force if it takes too long. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends the domain controller as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /**
   * Makes an account as an administrator would for the connector.
   * @param seesDeleted whether it may list and read CN=Deleted Objects, without which it sees no deletion
   */
  async createServiceAccount(account: {
    name: string;
    password: string;
    seesDeleted?: boolean;
  }): Promise<ServiceAccount> {
    const sight = (account.seesDeleted ?? true) ? 'sees-deleted' : 'sees-no-deleted';
    const dn = await runSamba(
      python,
      [script('service_account.py'), this.#folders.configuration, account.name, sight],
      account.password,
    );
    return { dn: dn.trim(), password: account.password };
  }

  /**
   * Adds LDIF entries straight to the database, 4-5 ms each. Samba may tell watchers of them up to 5 s late: to see a
   * change at once, make it over LDAP.
   * @param atOnce all of them in one transaction, so that whoever reads sees all or none; for thousands it takes minutes
   */
  async load(ldif: string, { atOnce = false }: { atOnce?: boolean } = {}): Promise<void> {
    const how = atOnce ? ['at-once'] : [];
    await runSamba(python, [script('load_ldif.py'), this.#folders.configuration, ...how], ldif);
  }

  /** The end of Samba's log. */
  async logTail(): Promise<string> {
    const logs = [this.#folders.log, `${this.#folders.log}.out`].map((file) => readFile(file, 'utf8').catch(() => ''));
    return tail((await Promise.all(logs)).join('\n'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folders.root, { recursive: true, force: true });
  }

  async #untilItAnswers(samba: ChildProcess): Promise<void> {
    const giveUpAt = Date.now() + answerWithinMs;
    while (!(await answers(this.ldapUrl))) {
      const ended = samba.exitCode !== null || samba.signalCode !== null;
      if (ended || Date.now() > giveUpAt) {
        const why = ended ? `ended (${samba.exitCode ?? samba.signalCode})` : `didn't answer in ${answerWithinMs} ms`;
        await this.kill();
        throw new Error(`Samba at ${this.address} ${why}; its log ends:\n${await this.logTail()}`);
      }
      await sleep(20);
    }
  }

  /** The process that leads Samba's group, which knows its number before Samba begins; `null` when that never came about. */
  async #leader(samba: ChildProcess): Promise<number | null> {
    for (;;) {
      const told = Number.parseInt(await readFile(this.#leaderFile, 'utf8').catch(() => ''), 10);
      if (told > 0) return told;
      if (samba.exitCode !== null || samba.signalCode !== null) return null;
      await sleep(10);
    }
  }

  get #leaderFile(): string {
    return join(this.#folders.root, 'leader');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const samba = this.#process;
    this.#process = null;
    if (samba === null) return;
    const leader = await this.#leader(samba);
    if (leader !== null) await endGroup(leader, signal);
    samba.stdin?.destroy();
  }
}

/** Ends a process group; by force if it takes too long. */
async function endGroup(leader: number, signal: NodeJS.Signals): Promise<void> {
  signalGroup(leader, signal);
  if (await groupEnds(leader, stopWithinMs)) return;
  signalGroup(leader, 'SIGKILL');
  if (!(await groupEnds(leader, stopWithinMs))) throw new Error(`Samba's process group ${leader} won't end`);
}

/** Whether an LDAP server reads its root entry to us. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ url, connectTimeout: 1_000, timeout: 1_000 });
  try {
    const { searchEntries } = await client.search('', { scope: 'base', attributes: ['dnsHostName'] });
    return searchEntries.length === 1;
  } catch {
    return false; // not up yet; whoever asks gives up in time, with Samba's log
  } finally {
    await client.unbind();
  }
}

/** The tar file of a domain as it is after provisioning; made where the cache has none. */
async function pristineDomain(realm: string, cacheDir: string): Promise<string> {
  const version = (await runSamba('samba', ['--version'])).replace(/^Version\s*/, '').trim();
  const file = join(cacheDir, `samba-${version}-${realm.toLowerCase()}-${provisioningVersion}.tar`);
  const cached = await access(file).then(
    () => true,
    () => false,
  );
  if (!cached) await provision(realm, file);
  return file;
}

async function provision(realm: string, file: string): Promise<void> {
  const scratch = `${file}.${process.pid}`;
  const folders = foldersIn(`${scratch}.d`);
  try {
    await mkdir(folders.root, { recursive: true });
    await prepareFolders(folders, { realm, address: '127.0.0.1' });
    await runSamba('samba-tool', [
      ...['domain', 'provision', `--configfile=${folders.configuration}`, `--realm=${realm}`],
      ...[`--domain=${realm.split('.')[0]}`, '--server-role=dc', '--dns-backend=NONE', '--host-name=dc1'],
      ...['--host-ip=127.0.0.1', `--adminpass=${adminPassword}`, '--backend-store=mdb', '--backend-store-size=2Gb'],
    ]);
    await pack(folders, scratch);
    await rename(scratch, file); // at once: whoever provisions at the same time only does it twice
  } finally {
    await rm(folders.root, { recursive: true, force: true });
    await rm(scratch, { force: true });
  }
}

/** What a domain holds, as a tar file. */
async function pack({ root }: DomainFolders, file: string): Promise<void> {
  await run('tar', ['-C', root, '--sparse', '-cf', file, './private', './state']);
}
