/** The Debian package: the program, its units, and what goes to where Debian has such things. */
import { execFile } from 'node:child_process';
import { chmod, glob, lstat, lutimes, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { productionPackages } from './lock-file.ts';
import { layOut } from './program.ts';
import { sbomOf } from './sbom.ts';

const run = promisify(execFile);
const packageName = 'lastpass-directory-connector';
const documents = `usr/share/doc/${packageName}`;
/** How Debian calls a processor, by Node's word. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
/** Of zstd: higher levels take minutes for some per cent. */
const compressionLevel = 6;

export interface PackageOptions {
  readonly clone: string;
  /** An empty folder to work in; it stays. */
  readonly workFolder: string;
  /** Where the files of the release go. */
  readonly outFolder: string;
  readonly version: string;
  /** The release's moment, seconds since 1970: the same sources with the same one give the same bytes. */
  readonly epochSeconds: number;
}

/** Makes the package, and its SBOM beside it. @returns paths of both */
export async function makePackage(options: PackageOptions): Promise<{ deb: string; sbom: string }> {
  const { clone, workFolder, outFolder, version, epochSeconds } = options;
  const architecture = architectures[process.arch];
  if (architecture === undefined) throw new Error(`there is no package for processors of the kind ${process.arch}`);
  const root = join(workFolder, 'root');
  const packages = productionPackages(await readFile(join(clone, 'package-lock.json'), 'utf8'));
  const release = { version, atMs: epochSeconds * 1_000, nodeVersion: process.versions.node };
  const sbomText = `${JSON.stringify(sbomOf(release, packages), null, 2)}\n`;

  await layOut({ clone, folder: join(root, 'usr/lib/connector'), version, packages });
  await placeFiles(clone, root);
  await put(join(root, documents, 'sbom.cdx.json'), sbomText);
  await put(join(root, documents, 'changelog.gz'), await zipped(await readFile(join(clone, 'CHANGELOG.md'))));
  await placeCompletions(root);
  await put(join(root, 'DEBIAN/control'), controlText({ version, architecture, installedKb: await sizeKb(root) }));
  await setModes(root, epochSeconds);

  const deb = join(outFolder, `${packageName}_${version}_${architecture}.deb`);
  const sbom = join(outFolder, `${packageName}_${version}_${architecture}.cdx.json`);
  await mkdir(outFolder, { recursive: true });
  await run(
    'dpkg-deb',
    // One thread: how many there are must not change what comes out.
    ['--root-owner-group', '--threads-max=1', '-Zzstd', `-z${compressionLevel}`, '--build', root, deb],
    { env: { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) } },
  );
  await writeFile(sbom, sbomText);
  return { deb, sbom };
}

/** What is in the package as it is in the clone, and where. */
async function placeFiles(clone: string, root: string): Promise<void> {
  const files = {
    'packaging/connector': 'usr/bin/connector',
    'packaging/connector.yaml': `usr/share/${packageName}/connector.yaml`,
    'packaging/systemd/connector.target': 'usr/lib/systemd/system/connector.target',
    'packaging/systemd/connector@.service': 'usr/lib/systemd/system/connector@.service',
    'packaging/debian/copyright': `${documents}/copyright`,
    'packaging/debian/postinst': 'DEBIAN/postinst',
    'packaging/debian/prerm': 'DEBIAN/prerm',
    'packaging/debian/postrm': 'DEBIAN/postrm',
    'connector.example.yaml': `${documents}/connector.example.yaml`,
  };
  for (const [from, to] of Object.entries(files)) await put(join(root, to), await readFile(join(clone, from)));
}

/** What the command itself tells shells, where they look for it. */
async function placeCompletions(root: string): Promise<void> {
  const program = join(root, 'usr/lib/connector');
  const places = {
    bash: 'usr/share/bash-completion/completions/connector',
    zsh: 'usr/share/zsh/vendor-completions/_connector',
    fish: 'usr/share/fish/vendor_completions.d/connector.fish',
  };
  for (const [shell, place] of Object.entries(places)) {
    const command = [join(program, 'services/console/src/connector.js'), 'completion', shell];
    await put(join(root, place), (await run(join(program, 'bin/node'), command)).stdout);
  }
}

interface ControlFields {
  readonly version: string;
  readonly architecture: string;
  readonly installedKb: number;
}

const controlText = ({ version, architecture, installedKb }: ControlFields): string => `Package: ${packageName}
Version: ${version}
Architecture: ${architecture}
Maintainer: The authors of the LastPass Directory Connector <connector@localhost>
Installed-Size: ${installedKb}
Depends: passwd, libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Recommends: redis-server (>= 5:7.0)
Section: net
Priority: optional
Description: keeps a LastPass Business tenant in step with an Active Directory
 Joiners get an account, leavers lose access, groups follow, each within a
 second. Services for systemd, a console with a page and an API, and the
 command "connector". It brings its own Node.js, and keeps what it remembers
 in Redis, here or elsewhere.
`;

async function put(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Without a name and a time in it. */
const zipped = (content: Buffer): Promise<Buffer> => promisify(gzip)(content, { level: 9 });

async function* everythingBelow(root: string): AsyncGenerator<string> {
  yield root;
  for await (const path of glob('**', { cwd: root, exclude: (name) => name === '.' })) yield join(root, path);
}

async function sizeKb(root: string): Promise<number> {
  let kb = 0;
  for await (const path of everythingBelow(root)) kb += Math.ceil((await lstat(path)).size / 1_024);
  return kb;
}

/** What runs may be run, everything may be read, and nothing tells who built it, or when. */
async function setModes(root: string, epochSeconds: number): Promise<void> {
  const runs = /^(?:usr\/bin\/|usr\/lib\/connector\/bin\/|DEBIAN\/p)/;
  for await (const path of everythingBelow(root)) {
    const found = await lstat(path);
    if (!found.isSymbolicLink())
      await chmod(path, found.isDirectory() || runs.test(path.slice(root.length + 1)) ? 0o755 : 0o644);
    await lutimes(path, epochSeconds, epochSeconds);
  }
}
