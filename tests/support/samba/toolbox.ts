/**
 * Samba's programs out of the image of the demo's directory, where tests run in containers (`tests/support/servers.ts`). One container
 * for each test process holds them; it has the machine's network, processes and folders, so that what runs in it is started,
 * signalled and looked at like a program of this machine.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { Program } from '../child-process.ts';
import { inContainers } from '../servers.ts';
import { waitUntil } from '../wait-until.ts';

const root = resolve(import.meta.dirname, '../../..');
const image = 'connector-test-samba';
const docker = (...args: string[]) => promisify(execFile)('docker', args, { maxBuffer: 10_000_000 });

/** The container's name, once it is there. */
let toolbox: Promise<string> | undefined;

/** Starts it. It ends when this process does: its input is ours. */
async function open(): Promise<string> {
  await docker(
    'build',
    '--quiet',
    '--tag',
    image,
    '--target',
    'samba',
    '--file',
    resolve(root, 'demo/directory/Dockerfile'),
    root,
  );
  const name = `connector-test-${randomBytes(6).toString('hex')}`;
  const folders = [...new Set([tmpdir(), root])].flatMap((folder) => ['--volume', `${folder}:${folder}`]);
  const rights = ['--network', 'host', '--pid', 'host', '--user', 'root'];
  const box = new Program({
    command: 'docker',
    args: ['run', '--rm', '--interactive', '--name', name, ...rights, ...folders, image, 'cat'],
    holdsInput: true,
  });
  box.unref();
  await waitUntil('the container of Samba', async () => {
    if (!box.running) throw new Error(`it ended: ${box.output}`);
    return (await docker('exec', name, 'true')).stderr === '';
  });
  return name;
}

/** How a program of Samba is run here: the program and arguments to spawn. */
export async function sambaProgram(
  program: string,
  args: readonly string[],
): Promise<{ readonly command: string; readonly args: readonly string[] }> {
  if (!inContainers) return { command: program, args };
  toolbox ??= open();
  return { command: 'docker', args: ['exec', '--interactive', await toolbox, program, ...args] };
}
