/** What the configuration says of a directory: where its domain controllers are, who reads it, and where its people and groups lie. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { distinguishedName, filePath, secret } from './setting-types.ts';

const exampleUrls = '[ldaps://dc1.corp.example.com], the addresses of domain controllers';
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

/** One of `directories`. */
export const directory = z
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
