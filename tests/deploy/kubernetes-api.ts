/**
 * What `kubectl` asks of an API server of Kubernetes, as far as docs/scaling.md has it ask: it keeps the objects that it is sent, has the
 * pods that Deployments ask for, and has commands executed in them by the test. It is no Kubernetes: nothing is scheduled, started, probed or
 * replaced. It shows that kubectl takes the manifests, and that the names, labels and ports in them lead from what people type to a container.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { deployment, selects } from './manifests.ts';

/** An object as it was sent, with what a server adds. */
export const kubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type KubernetesObject = z.infer<typeof kubernetesObject>;

/** How a command in a container has ended, and what it wrote. */
export interface Executed {
  readonly code: number;
  readonly output: string;
}

export interface KubernetesApiOptions {
  /** Executes a command in the only container of a pod. */
  readonly execute: (pod: KubernetesObject, command: readonly string[]) => Promise<Executed>;
}

/** The kinds that our manifests have, and pods: what `/api` and `/apis` tell of. */
const kinds = {
  v1: ['Namespace', 'ConfigMap', 'Secret', 'Service', 'Pod'],
  'apps/v1': ['Deployment', 'StatefulSet'],
  'policy/v1': ['PodDisruptionBudget'],
  'networking.k8s.io/v1': ['NetworkPolicy'],
} as const;
const versions = Object.entries(kinds);
const pluralOf = (kind: string) => kind.toLowerCase().replace(/y$/, 'ie').concat('s');
const pathOf = (version: string) => (version.includes('/') ? `/apis/${version}` : `/api/${version}`);

/** What a path names. */
interface Resource {
  readonly version: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  /** Such as `exec`. */
  readonly part: string | undefined;
}

function resourceAt(path: string): Resource | null {
  const [, version, namespace, plural, name, part] =
    /^\/apis?\/(v1|[a-z0-9.]+\/v1)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?(?:\/([a-z]+))?$/.exec(path) ?? [];
  const kind = versions.find(([each]) => each === version)?.[1].find((each) => pluralOf(each) === plural);
  return version === undefined || kind === undefined ? null : { version, kind, namespace, name, part };
}

/** The answers by which kubectl learns what there is; `null` for another path. */
function discovery(path: string): object | null {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const groups = versions.filter(([version]) => version !== 'v1');
    return {
      ...{ kind: 'APIGroupList', apiVersion: 'v1' },
      groups: groups.map(([groupVersion]) => {
        const [name, version] = groupVersion.split('/');
        return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
      }),
    };
  }
  if (path === '/openapi/v3') {
    const paths = versions.map(([version]) => pathOf(version).slice(1));
    return { paths: Object.fromEntries(paths.map((each) => [each, { serverRelativeURL: `/openapi/v3/${each}` }])) };
  }
  const [version, names] = versions.find(([each]) => path.replace(/^\/openapi\/v3/, '') === pathOf(each)) ?? [];
  if (version === undefined || names === undefined) return null;
  if (path.startsWith('/openapi')) return openApiOf(version, names);
  const verbs = ['create', 'get', 'list', 'patch'];
  const resources = names.map((kind) => ({
    ...{ name: pluralOf(kind), singularName: kind.toLowerCase(), kind, namespaced: kind !== 'Namespace', verbs },
    shortNames: kind === 'Deployment' ? ['deploy'] : [],
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: version, resources };
}

/** That the server checks every field itself, which kubectl leaves to it then. */
function openApiOf(version: string, names: readonly string[]): object {
  const [last = '', group = ''] = version.split('/').reverse();
  const paths = names.map((kind) => {
    const patch = {
      parameters: [{ name: 'fieldValidation', in: 'query', schema: { type: 'string' } }],
      responses: {},
      'x-kubernetes-group-version-kind': { group, version: last, kind },
    };
    return [`${pathOf(version)}/namespaces/{namespace}/${pluralOf(kind)}/{name}`, { patch }] as const;
  });
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1' }, paths: Object.fromEntries(paths) };
}

const failure = (code: number, reason: string, message: string) => ({
  ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' },
  ...{ reason, message, code },
});

/** RFC 7396, and of Kubernetes' own way to merge the directive that replaces a map: enough for what kubectl patches here. */
function mergePatch(value: unknown, patch: unknown): unknown {
  const map = z.record(z.string(), z.unknown());
  const [of, by] = [map.safeParse(value), map.safeParse(patch)];
  if (!by.success) return patch;
  const { $patch: directive, ...parts } = by.data;
  const merged: Record<string, unknown> = directive === 'replace' ? {} : { ...of.data };
  for (const [key, part] of Object.entries(parts)) {
    if (part === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], part);
  }
  return merged;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  return JSON.parse((await request.setEncoding('utf8').toArray()).join(''));
}

export class KubernetesApi implements AsyncDisposable {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #options: KubernetesApiOptions;
  readonly #server: Server;
  readonly #upgraded = new Set<Duplex>();
  /** The pods whose ports were asked to be forwarded. */
  readonly forwarded: string[] = [];

  private constructor(options: KubernetesApiOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(JSON.stringify(failure(500, 'InternalError', String(error))));
      });
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex) => void this.#upgrade(request, socket));
  }

  /** Listens on loopback. */
  static async create(options: KubernetesApiOptions): Promise<KubernetesApi> {
    const api = new KubernetesApi(options);
    await new Promise<void>((done) => api.#server.listen(0, '127.0.0.1', done));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** All that it was sent. */
  get objects(): readonly KubernetesObject[] {
    return [...this.#objects.values()];
  }

  /** All of a kind, pods included. */
  list(kind: string): readonly KubernetesObject[] {
    if (kind === 'Pod') return this.#pods();
    return this.objects.filter((object) => object.kind === kind);
  }

  find(kind: string, name: string | undefined): KubernetesObject | undefined {
    return this.list(kind).find(({ metadata }) => metadata.name === name);
  }

  /** Those that the Deployments ask for, all of them running. */
  #pods(): KubernetesObject[] {
    return this.list('Deployment').flatMap((object) => {
      const { metadata, spec } = deployment.parse(object);
      const { namespace } = object.metadata;
      return Array.from({ length: spec.replicas }, (_, index) => ({
        ...{ apiVersion: 'v1', kind: 'Pod', spec: spec.template.spec },
        metadata: { ...spec.template.metadata, name: `${metadata.name}-${index}`, namespace, uid: randomUUID() },
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      }));
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const reply = (code: number, body: object) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const known = discovery(pathname);
    if (known !== null) return void reply(200, known);
    const resource = resourceAt(pathname);
    if (resource === null) return void reply(404, failure(404, 'NotFound', `there is no ${pathname}`));
    const { version, kind, name } = resource;
    if (request.method === 'POST') return void reply(...this.#create(resource, await bodyOf(request)));
    if (name === undefined) {
      const selector = new URLSearchParams((searchParams.get('labelSelector') ?? '').replaceAll(',', '&'));
      const wanted = Object.fromEntries(selector);
      const items = this.list(kind).filter(({ metadata }) =>
        selects(wanted, z.record(z.string(), z.string()).default({}).parse(metadata['labels'])),
      );
      return void reply(200, { kind: `${kind}List`, apiVersion: version, metadata: {}, items });
    }
    const found = this.find(kind, name);
    if (found === undefined) return void reply(404, failure(404, 'NotFound', `${pluralOf(kind)} "${name}" not found`));
    if (request.method !== 'PATCH') return void reply(200, found);
    const patched = kubernetesObject.parse(mergePatch(found, await bodyOf(request)));
    this.#objects.set(`${kind} ${name}`, patched);
    reply(200, patched);
  }

  #create({ kind, namespace }: Resource, body: unknown): [code: number, body: object] {
    const object = kubernetesObject.parse(body);
    const { name } = object.metadata;
    if (object.kind !== kind) return [400, failure(400, 'BadRequest', `this is no ${kind}`)];
    if (namespace !== undefined && this.find('Namespace', namespace) === undefined)
      return [404, failure(404, 'NotFound', `namespaces "${namespace}" not found`)];
    if (this.find(kind, name))
      return [409, failure(409, 'AlreadyExists', `${pluralOf(kind)} "${name}" already exists`)];
    const metadata = { ...object.metadata, uid: randomUUID(), resourceVersion: '1' };
    const kept = { ...object, metadata };
    this.#objects.set(`${kind} ${name}`, kept);
    return [201, kept];
  }

  /** `exec` and `port-forward`, over a WebSocket (RFC 6455). */
  async #upgrade(request: IncomingMessage, socket: Duplex): Promise<void> {
    this.#upgraded.add(socket);
    socket.on('error', () => undefined); // kubectl goes away when it has what it wants
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const resource = resourceAt(pathname);
    const pod = this.find('Pod', resource?.name);
    if (pod === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket')
      return void socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
    const [protocol] = (request.headers['sec-websocket-protocol'] ?? '').split(/, */);
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    if (resource?.part === 'portforward') return void this.forwarded.push(pod.metadata.name);
    const { code, output } = await this.#options.execute(pod, searchParams.getAll('command'));
    const ended =
      code === 0
        ? { metadata: {}, status: 'Success' }
        : { ...failure(500, 'NonZeroExitCode', `exit code ${code}`), details: exitCode(code) };
    socket.write(frame(channels.output, output));
    socket.write(frame(channels.ended, JSON.stringify(ended)));
    socket.end(Buffer.from([0x88, 2, 0x03, 0xe8])); // closed as it should be: 1000
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#upgraded) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

/** The streams of `v5.channel.k8s.io`, by the first byte of each message. */
const channels = { output: 1, ended: 3 } as const;
const exitCode = (code: number) => ({ causes: [{ reason: 'ExitCode', message: String(code) }] });

/** A binary message of a server. */
function frame(channel: number, text: string): Buffer {
  const payload = Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);
  const length = Buffer.alloc(10);
  length.writeUInt8(0x82, 0);
  length.writeUInt8(127, 1);
  length.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([length, payload]);
}
