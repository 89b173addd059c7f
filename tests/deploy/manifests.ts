/** deploy/kubernetes as it is read: its objects by kind, as far as the tests look at them, and its kustomizations. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../..');
/** Where the manifests are, from the repository's root. */
export const manifestsFolder = 'deploy/kubernetes';
/** The folders of ours in it: an administrator's own may lie beside them. */
const folders = '{autoscaling,connector,example,redis}';
/** Every file of ours there. */
export const manifestFiles: readonly string[] = globSync(`${manifestsFolder}/${folders}/*.yaml`, { cwd: root });
export const kustomizationFiles: readonly string[] = manifestFiles.filter((path) =>
  path.endsWith('/kustomization.yaml'),
);

const labels = z.record(z.string(), z.string());
export type Labels = z.infer<typeof labels>;

/** What every object of Kubernetes has. */
const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: labels.default({}) }),
});
export type KubernetesObject = z.infer<typeof object> & { readonly file: string };

const httpProbe = z.looseObject({ httpGet: z.object({ path: z.string(), port: z.string() }) });

/** What a pod of one of our services is. */
export const podSpec = z.looseObject({
  automountServiceAccountToken: z.boolean(),
  enableServiceLinks: z.boolean(),
  terminationGracePeriodSeconds: z.number(),
  securityContext: z.object({
    runAsNonRoot: z.boolean(),
    runAsUser: z.number(),
    runAsGroup: z.number(),
    fsGroup: z.number(),
    seccompProfile: z.object({ type: z.string() }),
  }),
  containers: z.tuple([
    z.looseObject({
      image: z.string(),
      command: z.array(z.string()),
      ports: z.tuple([z.object({ name: z.string(), containerPort: z.number() })]),
      startupProbe: httpProbe,
      livenessProbe: httpProbe,
      readinessProbe: httpProbe,
      securityContext: z.object({
        allowPrivilegeEscalation: z.boolean(),
        readOnlyRootFilesystem: z.boolean(),
        capabilities: z.object({ drop: z.array(z.string()) }),
      }),
      volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
    }),
  ]),
  volumes: z.array(
    z.looseObject({
      name: z.string(),
      configMap: z.object({ name: z.string() }).optional(),
      secret: z.looseObject({ secretName: z.string(), defaultMode: z.number() }).optional(),
    }),
  ),
});

/** A Deployment of one of our services. */
export const deployment = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels }),
  spec: z.looseObject({
    replicas: z.number(),
    selector: z.object({ matchLabels: labels }),
    template: z.looseObject({ metadata: z.looseObject({ labels }), spec: podSpec }),
  }),
});

export const service = z.looseObject({
  metadata: z.looseObject({ name: z.string(), annotations: labels.default({}) }),
  spec: z.looseObject({
    selector: labels,
    ports: z.array(z.object({ name: z.string(), port: z.number(), targetPort: z.string() })),
  }),
});

export const disruptionBudget = z.looseObject({
  spec: z.looseObject({
    maxUnavailable: z.number(),
    unhealthyPodEvictionPolicy: z.string(),
    selector: z.object({ matchLabels: labels }),
  }),
});

export const autoscaler = z.looseObject({
  spec: z.looseObject({
    scaleTargetRef: z.object({ apiVersion: z.string(), kind: z.string(), name: z.string() }),
    minReplicas: z.number(),
    metrics: z.tuple([z.looseObject({ external: z.looseObject({ metric: z.object({ name: z.string() }) }) })]),
  }),
});

const generator = z.object({ name: z.string(), files: z.array(z.string()) });

/** A kustomization.yaml: strict, since kustomize passes over nothing that it doesn't know. */
const kustomization = z.strictObject({
  apiVersion: z.string(),
  kind: z.enum(['Kustomization', 'Component']),
  namespace: z.string().optional(),
  resources: z.array(z.string()),
  components: z.array(z.string()).default([]),
  images: z.array(z.object({ name: z.string(), newName: z.string(), newTag: z.string() })).default([]),
  patches: z
    .array(z.object({ target: z.object({ kind: z.string(), name: z.string() }), patch: z.string() }))
    .default([]),
  configMapGenerator: z.array(generator).default([]),
  secretGenerator: z.array(generator).default([]),
});
export type Kustomization = z.infer<typeof kustomization>;

export const readFile = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The files of objects that a kustomization names, by their paths from the repository's root. */
function resourceFiles(): string[] {
  return kustomizationFiles.flatMap((path) =>
    readKustomization(path)
      .resources.filter((resource) => resource.endsWith('.yaml'))
      .map((resource) => join(dirname(path), resource)),
  );
}

/** @param path from the repository's root */
export const readKustomization = (path: string): Kustomization => kustomization.parse(parse(readFile(path)));

/** Every object of every manifest. @throws Error when one is no YAML, or no object of Kubernetes */
export function readObjects(): KubernetesObject[] {
  return resourceFiles().flatMap((file) =>
    parseAllDocuments(readFile(file)).map((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) throw new Error(`${file}: ${problem.message}`);
      return { ...object.parse(document.toJS()), file };
    }),
  );
}

/** Whether a selector chooses what has these labels. */
export const selects = (selector: Labels, chosen: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => chosen[key] === value);
