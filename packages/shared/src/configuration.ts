/**
 * The configuration: one YAML file, checked as a whole at the start. What it can't say clearly it refuses: an unknown key
 * is more often a slip than a wish, and a slip in a policy can cost vaults.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { parseDocument, type YAMLParseError } from 'yaml';
import { z } from 'zod';
import { DnSyntaxError, parseDn } from './dn.ts';
import { durationMs } from './duration.ts';
import { federation, federationProblems } from './federation-settings.ts';
import { articleFor, pathOf } from './issue-text.ts';
import { notifications } from './notification-settings.ts';
import { type Policy, policy } from './policy.ts';
import { type ForwardProxy, ProxyVariableError, proxyFor, proxySettings } from './proxy-settings.ts';
import { contradictionsOf } from './redis-target.ts';

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

const exampleUrls = '[ldaps://dc1.corp.example.com], the addresses of domain controllers';
const secret = z.string().min(1, 'is empty; write the secret, or its file as …File');
const filePath = z.string().min(1).meta({ title: 'path of a file' });
/** A DN of at least two parts: YAML reads `[OU=People,DC=corp]` as a list of two, and each would pass for a base. */
const distinguishedName = z
  .string()
  .meta({ title: 'DN', pattern: '=.*,.*=' })
  .superRefine((dn, context) => {
    const parts = partsOfDn(dn);
    if (parts >= 2) return;
    const example = 'OU=People,DC=corp,DC=example,DC=com';
    const message = parts === 1 ? `"${dn}" is only a part of a DN` : `"${dn}" is no DN`;
    context.addIssue({
      code: 'custom',
      message: `${message}; write each whole on a line of its own, "- ${example}", or in quotes`,
    });
  });

/** How many RDNs a DN has; 0 for what is none. */
function partsOfDn(dn: string): number {
  try {
    return parseDn(dn).length;
  } catch (error) {
    if (error instanceof DnSyntaxError) return 0;
    throw error;
  }
}

/** An address of a name server, with a port where it isn't 53. */
const nameServer = z
  .string()
  .meta({ title: 'address of a name server' })
  .refine((text) => isIP(text.replace(/^(?:\[(.+)\]|([^:]+))(?::\d{1,5})?$/, '$1$2')) !== 0, {
    error: ({ input }) =>
      `"${String(input)}" is no address of a name server; write such as 10.0.0.10 or 10.0.0.10:5353`,
  });

const domainName = z
  .string()
  .regex(/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i, 'is no DNS name of a domain, such as corp.example.com')
  .meta({ title: 'DNS name', pattern: '^[\\w-]{1,63}(\\.[\\w-]{1,63})*$' });

/** As many characters as a `cn` has at most (MS-ADA1, attribute cn). */
const longestGroupPrefix = 64;

/** Begins the names of LastPass groups, which are read in lists and typed in commands. */
const groupPrefix = z
  .string()
  .max(longestGroupPrefix, `is longer than ${longestGroupPrefix} characters; write a short one, such as "CORP "`)
  .regex(
    /^(?!\s)[^\p{Cc}\p{Zl}\p{Zp}]*$/u,
    'begins with a space, or holds a line break or another control character; write a short text, such as "CORP "',
  );

const directory = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'must be lower-case letters, digits and hyphens, such as corp')
      .describe('Names the directory in Redis, in logs and in accounts that it has created. Never change it.'),
    urls: z
      .array(
        z
          .url({ protocol: /^ldaps?$/, error: 'is no LDAP address, such as ldaps://dc1.corp.example.com' })
          .meta({ title: 'LDAP address', pattern: '^[lL][dD][aA][pP][sS]?://.' }),
      )
      .min(1, `is empty; write ${exampleUrls}`)
      .optional()
      .describe(
        'Domain controllers, in the order in which they are tried; this or `domain`. [Active Directory](directory.md) tells when it goes on to the next.',
      ),
    domain: domainName
      .optional()
      .describe('The domain’s DNS name: its controllers are found through SRV records; this or `urls`.'),
    dnsServers: z
      .array(nameServer)
      .min(1)
      .optional()
      .describe(
        'Name servers to ask for the names of domain and controllers, with a port where it isn’t 53. Default: the system’s, which in a container may not know them.',
      ),
    bindDn: z
      .string()
      .min(1)
      .describe('An ordinary account, by its DN, which may also list and read `CN=Deleted Objects`.'),
    bindPassword: secret.describe('Its password.'),
    tls: z
      .strictObject({
        caFile: filePath
          .optional()
          .describe(
            'Certificate, in PEM form, of the authority that signed the domain controllers’. Default: the authorities that Node trusts.',
          ),
        serverName: z
          .string()
          .optional()
          .describe('The name that the certificates bear, where it isn’t the one in `urls`.'),
        startTls: z.boolean().default(false).describe('TLS on the port of plain LDAP, for which `urls` say `ldap://`.'),
      })
      .default({ startTls: false })
      .describe('How the connection to domain controllers is encrypted.'),
    insecure: z
      .boolean()
      .default(false)
      .describe('Allows `ldap://` without encryption: passwords and people’s data can be read on the way.'),
    userBases: z
      .array(distinguishedName)
      .default([])
      .describe(
        'Who can be a person: whoever lies below one of these. `[]`: the domain’s root. A list goes line by line: between brackets YAML takes each comma of a DN as the end of an entry.',
      ),
    groupBases: z
      .array(distinguishedName)
      .default([])
      .describe(
        'Which groups can become LastPass groups, and where `groupFilter` looks for a cn. `[]`: the domain’s root.',
      ),
    groupPrefix: groupPrefix
      .default('')
      .describe(
        'What the names of its LastPass groups begin with, before the cn, such as `"CORP "`; quotes keep the space. Empty: groups of one name in several directories are one LastPass group. Another prefix renames the groups that there are, which [waits for a person’s word](directories.md#groups).',
      ),
  })
  .superRefine((value, context) => {
    const wrong = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { urls, domain, insecure, tls } = value;
    if (urls === undefined && domain === undefined)
      wrong(['urls'], `is missing; write ${exampleUrls}, or domain: corp.example.com to find them through DNS`);
    if (urls !== undefined && domain !== undefined) wrong(['domain'], 'urls is given too; keep one of the two');
    if (domain !== undefined && insecure)
      wrong(['insecure'], 'has no use with domain, which is always encrypted; remove it');
    if (tls.startTls && insecure) wrong(['insecure'], 'contradicts tls.startTls; remove one of the two');
    for (const [index, url] of (urls ?? []).entries()) {
      const isPlain = /^ldap:/i.test(url);
      if (isPlain && !insecure && !tls.startTls) {
        const remedy = 'write ldaps://, or tls.startTls: true, or insecure: true to allow it';
        wrong(['urls', index], `${url} isn't encrypted; ${remedy}`);
      }
      if (!isPlain && tls.startTls)
        wrong(['urls', index], `${url} is encrypted anyway; write ldap:// for tls.startTls, or remove that`);
    }
  })
  .meta({ oneOf: [{ required: ['urls'] }, { required: ['domain'] }] });
export type DirectoryConfiguration = z.infer<typeof directory>;

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const lastpass = z
  .strictObject({
    apiUrl: z
      .url({ protocol: /^https?$/, error: 'is no address, such as https://lastpass.com/enterpriseapi.php' })
      .meta({ title: 'address', pattern: '^[hH][tT][tT][pP][sS]?://.' })
      .default('https://lastpass.com/enterpriseapi.php')
      .describe(
        'The Enterprise API. `http://` is taken on loopback, as for the simulator; elsewhere only with `insecure: true`.',
      ),
    cid: z
      .union([z.string().regex(/^\d+$/, 'must be the account number: digits'), z.number().int()])
      .transform(String)
      .describe('The account number, from the admin console: Advanced, Enterprise API.'),
    provhash: secret.describe('The provisioning hash, from there, too.'),
    batchSize: z
      .number()
      .int()
      .min(1)
      .max(500)
      .default(200)
      .describe('Accounts in one call: the most, and what it begins with.'),
    callsPerSecond: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(25)
      .describe(
        'Calls in any second, reads included, of all pushers together: the most, and what it begins with. Four fifths of them go evenly; the others are there for what comes after a rest.',
      ),
    adaptive: z
      .boolean()
      .default(true)
      .describe(
        'Where LastPass asks to slow down, refuses a batch as too large or gives no answer: half as many, and little by little more again once all is well. `false`: always as configured here.',
      ),
    callsInFlight: z
      .number()
      .int()
      .min(1)
      .max(32)
      .default(4)
      .describe(
        'Batches that each pusher delivers side by side. Leavers, and reading all accounts, have one more for themselves.',
      ),
    licences: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        'How many licences the tenant has, as its admin console tells, for its API doesn’t: then it is told before they run out. Default: unknown; then it is told once there is none left.',
      ),
    insecure: z
      .boolean()
      .default(false)
      .describe(
        'Allows `http://` to another machine, or through a proxy: the provisioning hash can be read on the way.',
      ),
    proxy: proxySettings
      .nullable()
      .optional()
      .describe(
        'The proxy through which the API is reached. Default: the one that `HTTPS_PROXY` names in the environment, unless `NO_PROXY` has the host. `null`: none, whatever they say. [Operations](operations.md#behind-a-proxy) tells more.',
      ),
  })
  .superRefine(({ apiUrl, insecure, proxy }, context) => {
    const url = new URL(apiUrl);
    const wrong = (message: string) => context.addIssue({ code: 'custom', path: ['apiUrl'], message });
    if (url.protocol !== 'http:' || insecure) return;
    if (!loopback.test(url.hostname)) wrong(`${apiUrl} isn't encrypted; write https://, or insecure: true to allow it`);
    else if (proxy) wrong(`${apiUrl} isn't encrypted, and a proxy could read it; write https://, or remove proxy`);
  });

/** Half of the shortest tombstone lifetime that AD has by default: 60 days, 180 in forests made since Windows Server 2003 SP1. */
const longestFullReadEveryMs = 30 * 86_400_000;

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
      ca: z
        .string()
        .includes('-----BEGIN CERTIFICATE-----', { error: 'holds no certificate in PEM form; write one that does' })
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
      accountsEvery: durationMs.default(15 * 60_000).describe('How often all accounts are read from LastPass.'),
      fullReadEvery: durationMs
        .refine((ms) => ms <= longestFullReadEveryMs, 'is too long; write 30d at most, as AD forgets deletions')
        .default(24 * 3_600_000)
        .describe(
          'How often the whole directory is read, besides each change as it happens; `30d` at most. Only that notices whoever was deleted unseen: AD forgets a deletion after 60 days at the soonest.',
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
      result[twin] = readFileSync(resolve(folder, item), 'utf8').trimEnd();
    } catch (error) {
      problems.push(
        `${here}: ${item} can't be read (${(error as NodeJS.ErrnoException).code}); write the path of a file that holds the ${twin === 'ca' ? 'certificate' : 'secret'}`,
      );
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
function treeIn(text: string, file: string): unknown {
  const document = parseDocument(text);
  const wrong = document.errors[0];
  if (wrong)
    throw new ConfigurationError(file, [
      `is no YAML: ${placeOf(wrong)}; write values with special characters in quotes`,
    ]);
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new ConfigurationError(file, [
      'is no YAML: a value that begins with * is taken for a reference; write it in quotes',
    ]);
  }
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
