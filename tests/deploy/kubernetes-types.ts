/**
 * Checks objects against the declarations that kubernetes-types has made of Kubernetes' OpenAPI schemas: what is missing, what is of
 * another type, and what isn't known, which an API server would only warn of. TypeScript does it, with each object as a literal.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Program } from '../support/child-process.ts';

const root = resolve(import.meta.dirname, '../..');
/** In the repository, for there TypeScript finds the declarations; Git ignores it. */
const cache = join(root, '.cache');

export interface Checked {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** `apps/v1` is a module of that name, `v1` that of "core", and `networking.k8s.io/v1` "networking/v1". */
function moduleOf(apiVersion: string): string {
  const [version = '', group = 'core'] = apiVersion.split('/').reverse();
  return `kubernetes-types/${group.replace(/\.k8s\.io$/, '')}/${version}`;
}

/** A file for each object, by whose name TypeScript tells of it. */
const fileOf = ({ kind, metadata }: Checked) => `${kind}-${metadata.name}.ts`;
const textOf = (object: Checked) =>
  `export const object: import('${moduleOf(object.apiVersion)}').${object.kind} = ${JSON.stringify(object, null, 1)};\n`;

/** What is wrong with the objects, as TypeScript says it: empty when they are all as they should be. */
export async function problemsOf(objects: readonly Checked[]): Promise<string> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'manifests-'));
  try {
    const compilerOptions = { strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', types: [] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: objects.map(fileOf) }));
    for (const object of objects) await writeFile(join(folder, fileOf(object)), textOf(object));
    await using checking = new Program({
      command: join(root, 'node_modules/.bin/tsc'),
      args: ['--project', folder, '--pretty', 'false'],
    });
    const code = await checking.ended;
    return code === 0 ? '' : checking.output || `tsc ended with ${code}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}
