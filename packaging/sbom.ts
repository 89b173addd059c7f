/**
 * What a release is made of, as CycloneDX tells it: a software bill of materials. `npm sbom` could write one, but Debian's npm has no such
 * command yet, and it would neither know Node as what it is nor write the same thing twice.
 * Its form: CycloneDX 1.5, JSON.
 */
import type { LockedPackage } from './lock-file.ts';

export interface Release {
  readonly version: string;
  /** When it was made, ms. */
  readonly atMs: number;
  /** Version of the Node that it brings, without a `v`. */
  readonly nodeVersion: string;
}

interface Component {
  readonly type: 'application' | 'library' | 'platform';
  readonly 'bom-ref': string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly object[];
  readonly hashes?: readonly object[];
}

export interface Sbom {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.5';
  readonly version: 1;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** An expression of several licences isn't the id of one. */
const licence = (spdx: string) => (/[ (]/.test(spdx) ? { expression: spdx } : { license: { id: spdx } });

/** A package URL: https://github.com/package-url/purl-spec */
const purlOf = (name: string, version: string) => `pkg:npm/${name.replace('@', '%40')}@${version}`;

function componentOf({ path, name, version, licence: spdx, integrity }: LockedPackage): Component {
  const [, scope, plain = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  const sha512 = integrity?.match(/sha512-(\S+)/)?.[1];
  return {
    type: 'library',
    'bom-ref': path,
    ...(scope === undefined ? {} : { group: scope }),
    name: plain,
    version,
    purl: purlOf(name, version),
    licenses: spdx === null ? [] : [licence(spdx)],
    ...(sha512 === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] }),
  };
}

/** The bill of a release with these packages; the same for the same. */
export function sbomOf({ version, atMs, nodeVersion }: Release, packages: readonly LockedPackage[]): Sbom {
  const whole: Component = {
    type: 'application',
    'bom-ref': 'connector',
    name: 'lastpass-directory-connector',
    version,
    purl: `pkg:generic/lastpass-directory-connector@${version}`,
    licenses: [licence('Apache-2.0')],
  };
  const node: Component = {
    type: 'platform',
    'bom-ref': 'node',
    name: 'node',
    version: nodeVersion,
    purl: `pkg:generic/node@${nodeVersion}`,
    licenses: [licence('MIT')],
  };
  const called = new Set(packages.flatMap(({ dependencies }) => dependencies));
  const direct = packages.map(({ path }) => path).filter((path) => !called.has(path));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { timestamp: new Date(atMs).toISOString(), component: whole },
    components: [node, ...packages.map(componentOf)],
    dependencies: [
      { ref: 'connector', dependsOn: ['node', ...direct] },
      { ref: 'node', dependsOn: [] },
      ...packages.map(({ path, dependencies }) => ({ ref: path, dependsOn: dependencies })),
    ],
  };
}
