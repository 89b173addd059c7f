/** What the configuration says of federated log-in, and what of it a policy needs. */
import { z } from 'zod';
import type { Policy } from './policy.ts';
import { certificate, filePath, loopback } from './setting-types.ts';

const registrar = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'is no address, such as https://keys.example.com/registrar/' })
      .meta({ title: 'address', pattern: '^[hH][tT][tT][pP][sS]?://.' })
      .describe('Where it is; `registered` and `register` are asked below this address.'),
    token: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'is empty, or has a blank or a letter that no header takes; write the token alone')
      .describe('What it was given to know the connector by.'),
    ca: certificate
      .meta({ title: 'certificate' })
      .optional()
      .describe('Of the authority that signed its certificate, in PEM form. Default: those that Node trusts.'),
    insecure: z.boolean().default(false).describe('Allows `http://` beyond this machine: keys can be read on the way.'),
  })
  .superRefine(({ url, ca, insecure }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (!URL.canParse(url)) return;
    const { protocol, hostname, username, password, search, hash } = new URL(url);
    if (username !== '' || password !== '' || search !== '' || hash !== '')
      wrong('url', 'holds more than a host, a port and a path; write the token as token');
    if (protocol === 'https:') return;
    if (!loopback.test(hostname) && !insecure)
      wrong('url', "isn't encrypted, and keys go there; write https://, or insecure: true to allow it");
    if (ca !== undefined) wrong('ca', 'is of no use without TLS; write url: https://…');
  });
/** The key registrar, and what lets us in. */
export type RegistrarSettings = z.infer<typeof registrar>;

export const federation = z.strictObject({
  registrar: registrar
    .optional()
    .describe(
      'The [key registrar](federation.md#the-key-registrar), which keeps LastPass’s half of each key. Leave it here as long as anybody is federated, also with `policy.federation: off`: before a change of mail is sent, it is asked who is.',
    ),
  companyKeyFile: filePath
    .optional()
    .describe(
      'With `policy.federation: companyKey`: the file that `connector federation key generate` has written. The pusher reads it when somebody is provisioned, and nobody else needs it.',
    ),
  companyKeyFragmentId: z
    .string()
    .regex(
      /^[A-Za-z0-9+/]{43}=$/,
      'is no fragment id; write the 44 characters that "connector federation key generate" has told',
    )
    .meta({ title: 'fragment id', pattern: '^[A-Za-z0-9+/]{43}=$' })
    .optional()
    .describe(
      'With `policy.federation: companyKey`: which key that is, by the fragment id that was told when it was made. A file that holds another one provisions nobody.',
    ),
  attribute: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/i, 'is no name of an attribute, such as lastPassK1')
    .meta({ title: 'name of an attribute', pattern: '^[a-zA-Z][a-zA-Z0-9-]{0,63}$' })
    .optional()
    .describe(
      'With `policy.federation: userKey`: the confidential attribute of users that holds each one’s own key ([how to make it](federation-attribute.md)).',
    ),
});
export type FederationSettings = z.infer<typeof federation>;

/** In these words wherever it is missing: nobody is to look for an address of LastPass's. */
export const noRegistrar =
  "LastPass's own registrar endpoint isn't public: without a configured one the mode refuses to start";

/** A key of the configuration that a policy's federation needs. */
export interface FederationProblem {
  readonly path: readonly string[];
  /** What is wrong, and what to write. */
  readonly message: string;
}

/** What is missing for the policy's way of federated log-in; nothing while it is off. */
export function federationProblems(
  { federation: mode }: Pick<Policy, 'federation'>,
  {
    federation: settings,
    directories,
  }: {
    readonly federation: FederationSettings | null;
    readonly directories: readonly { readonly id: string; readonly insecure: boolean }[];
  },
): FederationProblem[] {
  if (mode === 'off') return [];
  const problems: FederationProblem[] = [];
  const wrong = (key: string, message: string) => problems.push({ path: ['federation', key], message });
  if (settings?.registrar === undefined) wrong('registrar', `is missing; ${noRegistrar}`);
  if (mode === 'companyKey' && settings?.companyKeyFile === undefined)
    wrong(
      'companyKeyFile',
      'is missing; write the file that "connector federation key generate --out company-key" has made',
    );
  if (mode === 'companyKey' && settings?.companyKeyFragmentId === undefined)
    wrong(
      'companyKeyFragmentId',
      'is missing; write the fragment id of the company’s key, as "connector federation key verify" tells it',
    );
  if (mode === 'userKey' && settings?.attribute === undefined)
    wrong('attribute', 'is missing; write the name of the confidential attribute that holds each user’s key');
  const plain = mode === 'userKey' ? directories.find(({ insecure }) => insecure) : undefined;
  if (plain !== undefined)
    wrong('attribute', `keys would be read on the way to ${plain.id}; use ldaps://, or tls.startTls: true, there`);
  return problems;
}
