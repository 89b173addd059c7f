/**
 * The configuration: one YAML file, checked as a whole at the start. What it can't say clearly it refuses: an unknown key
 * is more often a slip than a wish, and a slip in a policy can cost vaults.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument, type YAMLParseError } from 'yaml';
import { z } from 'zod';
import { type DirectoryConfiguration, directory } from './directory-settings.ts';
import { durationMs } from './duration.ts';
import { federation, federationProblems } from './federation-settings.ts';
import { articleFor, pathOf } from './issue-text.ts';
import { lastpass } from './lastpass-settings.ts';
import { notifications } from './notification-settings.ts';
import { type Policy, policy } from './policy.ts';
import { type ForwardProxy, ProxyVariableError, proxyFor } from './proxy-settings.ts';
import { contradictionsOf } from './redis-target.ts';
import { certificate, distinguishedName, secret } from './setting-types.ts';
import { NotUtf8, readCertificateFile, readTextFile } from './text-file.ts';

export type { DirectoryConfiguration } from './directory-settings.ts';

/** The configuration can't be used. Each problem is one line that names the key, what is wrong and what to write. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'CONFIGURATION';
  readonly problems: readonly string[];
  constructor(file: string, problems: readonly string[]) {
    const lines = problems.map(inOneLine);
    super(lines.map((problem) => `${file}: ${problem}`).join('\n'));
    this.problems = lines;
  }
}

const longestProblem = 500;

/** Keys and values may hold anything, such as a line that looks like another problem. */
const inOneLine = (problem: string): string =>
  problem
    .replace(/[\p{Cc}\u2028\u2029]/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .slice(0, longestProblem);

/** Half of the shortest tombstone lifetime that AD has by default: 60 days, 180 in forests made since Windows Server 2003 SP1. */
const longestFullReadEveryMs = 30 * 86_400_000;

/** Of what is read again by itself: written as 0s, it would be read without a rest. */
const shortestEveryMs = 1_000;
const every = (usual: string) =>
  durationMs.refine((ms) => ms >= shortestEveryMs, `is too short; write 1s at least, or ${usual}`);

const port = z.number().int().min(0).max(65_535);
/** Nobody guesses so many letters over a network, however fast. */
const shortestToken = 20;

/** The whole configuration as it is written, with the meaning of each key; `configuration.md` and `connector.schema.json` are made from it. */
export const wholeConfiguration = z.strictObject({
  directories: z
    .array(directory)
    .min(1)
    .refine(
      (all) => new Set(all.map(({ id }) => id)).size === all.length,
      'has two directories with one id; give each its own',
    )
    .describe(
      'The domains of Active Directory, one or more: the first that has somebody of a mail owns the account ([several directories](directories.md)).',
    ),
  lastpass: lastpass.describe('The LastPass account, and how fast it is called.'),
  redis: z
    .strictObject({
      url: z
        .url({ protocol: /^rediss?$/, error: 'is no Redis address, such as redis://redis:6379' })
        .meta({ title: 'Redis address', pattern: '^[rR][eE][dD][iI][sS][sS]?://.' })
        .transform((url) => url.replace(/^\w+/, (scheme) => scheme.toLowerCase())) // ioredis takes REDISS:// for one without TLS
        .optional()
        .describe(
          '`rediss://` for TLS; this or `sentinels`. Default: this machine, port 6379. It must keep what it is given: [Redis](redis.md) tells how, and of Sentinel, clusters and Redis as a service.',
        ),
      username: z
        .string()
        .min(1)
        .optional()
        .describe('A user of Redis’ access control lists. Default: Redis’ own default user.'),
      password: secret.optional().describe('The password of that user.'),
      ca: certificate
        .meta({ title: 'certificate' })
        .optional()
        .describe(
          'With TLS: certificate, in PEM form, of the authority that signed that of Redis; best written as a file. Default: the authorities that Node trusts.',
        ),
      serverName: z
        .string()
        .min(1)
        .optional()
        .describe('With TLS: the name that the certificate bears, where it isn’t the host’s.'),
      sentinels: z
        .array(
          z
            .string()
            .regex(/^(\[[\da-f:.]+\]|[\w.-]+):\d{1,5}$/i, 'is no address, such as redis-1:26379')
            .meta({ title: 'address', pattern: '^(\\[[\\da-fA-F:.]+\\]|[\\w.-]+):\\d{1,5}$' }),
        )
        .min(1)
        .optional()
        .describe('Sentinels, which know where the master is, with their ports; this or `url`.'),
      master: z.string().min(1).optional().describe('What the Sentinels call the master.'),
      sentinelPassword: secret.optional().describe('What the Sentinels themselves ask for.'),
      prefix: z
        .string()
        .regex(/^[\w-]+$/, 'must be letters, digits, - and _')
        .default('connector')
        .describe('Keeps several connectors apart in one Redis.'),
    })
    .superRefine((redis, context) => {
      for (const [key, message] of contradictionsOf(redis)) context.addIssue({ code: 'custom', path: [key], message });
    })
    .default({ prefix: 'connector' })
    .describe('Where the connector remembers everything.'),
  sync: z
    .strictObject({
      mode: z
        .enum(['automatic', 'manual'])
        .default('automatic')
        .describe(
          '`automatic`: every change is delivered as it happens. `manual`: changes are read and planned, and wait until somebody runs `connector sync`, or has reviewed and applies what `connector preview --out plan.json` has found.',
        ),
      accountsEvery: every('15m')
        .default(15 * 60_000)
        .describe('How often all accounts are read from LastPass; `1s` at least.'),
      fullReadEvery: every('24h')
        .refine((ms) => ms <= longestFullReadEveryMs, 'is too long; write 30d at most, as AD forgets deletions')
        .default(24 * 3_600_000)
        .describe(
          'How often the whole directory is read, besides each change as it happens; `1s` at least, `30d` at most. Only that notices whoever was deleted unseen: AD forgets a deletion after 60 days at the soonest.',
        ),
    })
    .default({ mode: 'automatic', accountsEvery: 15 * 60_000, fullReadEvery: 24 * 3_600_000 })
    .describe('When both ends are read, and when changes are sent.'),
  policy: policy
    .default(policy.parse({}))
    .describe(
      'Who has an account, and what becomes of it when they go. It counts until somebody sets something else with `connector policy set`, and again after `connector policy reset`.',
    ),
  federation: federation
    .nullable()
    .default(null)
    .describe('What `policy.federation` needs. [Federated log-in](federation.md) tells more, and in which order.'),
  audit: z
    .strictObject({
      keep: durationMs
        .default(400 * 86_400_000)
        .describe(
          'How long the audit trail keeps what was done to whom. Older entries are trimmed; `connector audit export` keeps them elsewhere.',
        ),
    })
    .default({ keep: 400 * 86_400_000 })
    .describe('The record of who did what.'),
  http: z
    .strictObject({
      host: z
        .string()
        .default('127.0.0.1')
        .describe(
          'The address of this machine on which they listen. `CONNECTOR_HOST` in the environment comes before it; the image sets that to `0.0.0.0`.',
        ),
      watcher: port
        .default(9101)
        .describe(
          'The watcher’s port; 0: any that is free. `CONNECTOR_PORT` in a service’s environment comes before it.',
        ),
      reconciler: port.default(9102).describe('The reconciler’s.'),
      pusher: port.default(9103).describe('The pusher’s.'),
      console: port.default(8080).describe('The console’s, with its page and its API.'),
    })
    .default({ host: '127.0.0.1', watcher: 9101, reconciler: 9102, pusher: 9103, console: 8080 })
    .describe('Where each service tells of its health (`/healthz`, `/readyz`) and its figures (`/metrics`).'),
  console: z
    .strictObject({
      token: z
        .string()
        .min(shortestToken, `is too short to be safe; write what "openssl rand -hex 32" prints`)
        .optional()
        .describe(
          'Opens the console when nothing else does, such as while Active Directory is down: 20 characters or more; what `openssl rand -hex 32` prints will do.',
        ),
      trustedProxies: z
        .array(
          z
            .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
              error: 'is no address or network, such as 10.0.0.5 or 10.0.0.0/24',
            })
            .refine((text) => !text.endsWith('/0'), 'is everybody; write the address of the proxy')
            .meta({ title: 'address or network' }),
        )
        .default([])
        .describe(
          'Proxies in front of the console, which tell where a request comes from (`X-Forwarded-For`). `[]`: none; then everybody behind one has its address, and waits for the others’ failures to sign in.',
        ),
      signIn: z
        .strictObject({
          directory: z.string().optional().describe('The directory that knows them, by its `id`. Default: the first.'),
          administrators: distinguishedName.describe(
            'The security group whose members, nested ones too, may decide and steer.',
          ),
          viewers: distinguishedName.optional().describe('The group of those who may look. Default: nobody else may.'),
        })
        .optional()
        .describe(
          'Who signs in to the console with a name and password of Active Directory. Default: nobody; then tokens open it that `connector create-token` makes.',
        ),
    })
    .nullable() // the group's name, with everything in it commented out
    .default(null)
    .describe('Who may use the console. [Signing in](sign-in.md) tells more.'),
  notifications: notifications
    .nullable()
    .default(null)
    .describe(
      'What tells administrators of what wants them, by webhook and e-mail. `null`: nothing does. [Notifications](notifications.md) tells more.',
    ),
});
const configuration = wholeConfiguration.superRefine((whole, context) => {
  const { directories, console: page } = whole;
  for (const { path, message } of federationProblems(whole.policy, whole))
    context.addIssue({ code: 'custom', path: [...path], message });
  if (!page?.signIn) return;
  const { directory: id = directories[0]?.id } = page.signIn;
  const wrong = (key: string, message: string) =>
    context.addIssue({ code: 'custom', path: ['console', 'signIn', key], message });
  const known = directories.find((each) => each.id === id);
  if (known === undefined)
    wrong('directory', `there is no directory ${id}; known are ${directories.map((each) => each.id).join(', ')}`);
  else if (known.insecure)
    wrong(
      'directory',
      `${known.id} isn't encrypted, and passwords must be; use ldaps://, or tls.startTls: true, there`,
    );
});
type Checked = z.infer<typeof configuration>;
/** What was checked, with what the environment adds: the proxy is the one that counts, or `null`. */
export type Configuration = Omit<Checked, 'lastpass'> & {
  lastpass: Checked['lastpass'] & { proxy: ForwardProxy | null };
};

type Tree = { [key: string]: unknown };
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Replaces `${NAME}` by the environment's variable, throughout. */
function withEnvironment(value: unknown, path: string, environment: NodeJS.ProcessEnv, problems: string[]): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => withEnvironment(item, `${path}[${index}]`, environment, problems));
  if (isTree(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        withEnvironment(item, path ? `${path}.${key}` : key, environment, problems),
      ]),
    );
  }
  if (typeof value !== 'string') return value;
  return value.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const found = environment[name];
    if (found === undefined)
      problems.push(`${path}: the environment variable ${name} isn't set; set it, or write the value itself`);
    return found ?? '';
  });
}

/** Keys whose values are secrets, wherever they stand. */
export const secretKeys: readonly string[] = [
  ...['bindPassword', 'provhash', 'password', 'sentinelPassword', 'token'],
  ...['secret', 'endpoint'], // of notifications.webhook
];
/** In these sections, what is no secret has a `…File` twin all the same. */
export const filesOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['redis', ['ca']],
  ['federation.registrar', ['ca']],
  ['notifications.webhook', ['ca']],
  ['notifications.email', ['ca']],
]);

/** Reads the `…File` twin of each secret. Files are named relative to the configuration's folder. */
function withSecretFiles(value: unknown, path: string, folder: string, problems: string[]): unknown {
  if (Array.isArray(value))
    return value.map((item, index) => withSecretFiles(item, `${path}[${index}]`, folder, problems));
  if (!isTree(value)) return value;
  const result: Tree = Object.create(null); // a key may be called __proto__
  for (const [key, item] of Object.entries(value)) {
    const here = path ? `${path}.${key}` : key;
    const twin = [...secretKeys, ...(filesOf.get(path) ?? [])].find((name) => key === `${name}File`);
    if (twin === undefined || typeof item !== 'string') {
      result[key] = withSecretFiles(item, here, folder, problems);
      continue;
    }
    if (twin in value) problems.push(`${here}: ${twin} is given too; keep one of the two`);
    try {
      const read = twin === 'ca' ? readCertificateFile : readTextFile;
      result[twin] = read(resolve(folder, item)).trimEnd();
    } catch (error) {
      const kind = twin === 'ca' ? 'certificate' : 'secret';
      const unread = `can't be read (${(error as NodeJS.ErrnoException).code}); write the path of a file that holds the ${kind}`;
      problems.push(`${here}: ${item} ${error instanceof NotUtf8 ? error.message : unread}`);
      result[twin] = '-';
    }
  }
  return result;
}

/** The keys that the schema knows at a path, for the hint on an unknown one. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = wholeConfiguration;
  const open = (candidate: unknown): unknown => {
    const { def } = candidate as { def?: { innerType?: unknown } };
    return def?.innerType ? open(def.innerType) : candidate;
  };
  for (const part of path) {
    const current = open(schema) as { shape?: Record<string, unknown>; element?: unknown };
    const shape = new Map(Object.entries(current.shape ?? {}));
    schema = typeof part === 'number' ? current.element : shape.get(String(part));
    if (schema === undefined) return [];
  }
  return Object.keys((open(schema) as { shape?: object }).shape ?? {});
}

/** How many single-letter edits lead from one word to the other (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

function hintFor(key: string, known: readonly string[]): string {
  const nearest = [...known].sort(
    (a, b) => editsBetween(key.toLowerCase(), a.toLowerCase()) - editsBetween(key.toLowerCase(), b.toLowerCase()),
  )[0];
  if (nearest === undefined) return 'remove it';
  return editsBetween(key.toLowerCase(), nearest.toLowerCase()) <= 3
    ? `did you mean ${nearest}?`
    : `known here: ${known.join(', ')}`;
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${pathOf([...issue.path, key])}: unknown key; ${hintFor(key, keysAt(issue.path))}`);
  }
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return [`${pathOf(issue.path)}: is missing; write ${articleFor(issue.expected)}`];
  if (issue.code === 'invalid_value')
    return [`${pathOf(issue.path)}: must be one of ${issue.values.map(String).join(', ')}`];
  if (issue.code === 'invalid_type') return [`${pathOf(issue.path)}: must be ${articleFor(issue.expected)}`];
  return [`${pathOf(issue.path)}: ${issue.message}`];
}

/** A policy that somebody wrote can't be used. Each problem is a line that names the key, what is wrong and what to write. */
export class PolicyRefused extends Error {
  override readonly name = 'PolicyRefused';
  readonly code = 'POLICY';
  constructor(problems: readonly string[]) {
    super(problems.map(inOneLine).join('\n'));
  }
}

/**
 * Checks a policy that was written elsewhere than in the configuration, by the same rules.
 * @throws PolicyRefused
 */
export function parsePolicy(written: unknown): Policy {
  const checked = z.strictObject({ policy }).safeParse({ policy: written }, { reportInput: true });
  if (!checked.success) throw new PolicyRefused(checked.error.issues.flatMap(problemsOf));
  return checked.data.policy;
}

/** What a text says as YAML. @throws ConfigurationError that quotes none of it: a password may have been taken for something else */
function treeIn(text: string, file: string): Tree {
  const document = parseDocument(text);
  const wrong = document.errors[0];
  if (wrong)
    throw new ConfigurationError(file, [
      `is no YAML: ${placeOf(wrong)}; write values with special characters in quotes`,
    ]);
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new ConfigurationError(file, [
      'is no YAML: a value that begins with * is taken for a reference; write it in quotes',
    ]);
  }
  if (isTree(value)) return value;
  const problem = value === null ? 'is empty, or has nothing but comments' : 'must be a group of keys';
  throw new ConfigurationError(file, [`${problem}; copy connector.example.yaml there`]);
}

/** What is wrong, by the parser's code for it, and where. */
function placeOf({ code, linePos }: YAMLParseError): string {
  const at = linePos?.[0];
  return `${code.toLowerCase().replaceAll('_', ' ')}${at ? ` at line ${at.line}, column ${at.col}` : ''}`;
}

/**
 * Checks a configuration's text.
 * @param file the configuration's path: named in problems, and where relative paths start
 * @throws ConfigurationError with every problem at once
 */
export function parseConfiguration(
  text: string,
  { file, environment }: { file: string; environment: NodeJS.ProcessEnv },
): Configuration {
  const problems: string[] = [];
  const resolved = withSecretFiles(
    withEnvironment(treeIn(text, file), '', environment, problems),
    '',
    dirname(file),
    problems,
  );
  if (problems.length > 0) throw new ConfigurationError(file, problems);
  const checked = configuration.safeParse(resolved, { reportInput: true });
  if (!checked.success) throw new ConfigurationError(file, checked.error.issues.flatMap(problemsOf));
  const { directories, lastpass, federation: federated, ...rest } = checked.data;
  const keyFile = federated?.companyKeyFile;
  return {
    ...rest,
    federation: federated && {
      ...federated,
      ...(keyFile === undefined ? {} : { companyKeyFile: resolve(dirname(file), keyFile) }),
    },
    lastpass: { ...lastpass, proxy: proxyOf(lastpass, { file, environment }) },
    directories: directories.map((each) => withAbsoluteFiles(each, dirname(file))),
  };
}

/** The proxy that counts. @throws ConfigurationError when a variable that names it is none */
function proxyOf(
  { apiUrl, proxy }: Checked['lastpass'],
  { file, environment }: { file: string; environment: NodeJS.ProcessEnv },
): ForwardProxy | null {
  try {
    return proxyFor({ apiUrl, configured: proxy, environment });
  } catch (error) {
    if (!(error instanceof ProxyVariableError)) throw error;
    throw new ConfigurationError(file, [`lastpass.proxy: ${error.message}`]);
  }
}

/** Files are named relative to the configuration's folder, whatever folder the service was started in. */
function withAbsoluteFiles(each: DirectoryConfiguration, folder: string): DirectoryConfiguration {
  const { caFile } = each.tls;
  return caFile === undefined ? each : { ...each, tls: { ...each.tls, caFile: resolve(folder, caFile) } };
}

/**
 * Reads the configuration named by `CONNECTOR_CONFIG`, else `./connector.yaml`; relative to where npm was called, which
 * runs a workspace's scripts in the workspace's own folder.
 * @throws ConfigurationError
 */
export function loadConfiguration(environment: NodeJS.ProcessEnv = process.env): Configuration {
  const file = resolve(environment['INIT_CWD'] ?? '.', environment['CONNECTOR_CONFIG'] ?? 'connector.yaml');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(file, [
      `can't be read (${(error as NodeJS.ErrnoException).code}); copy connector.example.yaml there, or name another file in CONNECTOR_CONFIG`,
    ]);
  }
  return parseConfiguration(text, { file, environment });
}
