/** What the configuration says of notifications: by which ways somebody is told that the sync needs attention, and when. */
import { z } from 'zod';
import { durationMs } from './duration.ts';
import { certificate, loopback } from './setting-types.ts';

const minuteMs = 60_000;
const mailAddress = /^[^\s@<>,;]+@[^\s@<>,;]+$/;

/** How a key that signs webhooks is written, as Standard Webhooks 1.0 says: this, and 24 to 64 random bytes in base64. */
export const signingPrefix = 'whsec_';
const signingHint = `write ${signingPrefix} and 24 to 64 random bytes in base64, as 'echo ${signingPrefix}$(openssl rand -base64 32)' prints`;

function isSigningKey(text: string): boolean {
  const written = text.startsWith(signingPrefix) ? text.slice(signingPrefix.length) : '';
  const bytes = Buffer.from(written, 'base64');
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === written;
}

const webhook = z
  .strictObject({
    endpoint: z
      .url({ protocol: /^https?$/, error: 'is no address, such as https://alerts.example.com/connector' })
      .describe(
        'Where messages are posted to. A secret: the addresses of chat programs let everybody in who knows them.',
      ),
    secret: z
      .string()
      .refine(isSigningKey, `is no signing key; ${signingHint}`)
      .describe(
        `Signs every message: \`${signingPrefix}\` and 24 to 64 random bytes in base64, as Standard Webhooks says.`,
      ),
    ca: certificate
      .optional()
      .describe(
        'Of the authority that signed the receiver’s certificate, in PEM form. Default: those that Node trusts.',
      ),
    insecure: z.boolean().default(false).describe('Allows `http://` beyond this machine.'),
  })
  .superRefine(({ endpoint, ca, insecure }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (!URL.canParse(endpoint)) return;
    const { protocol, hostname, username, password } = new URL(endpoint);
    if (username !== '' || password !== '')
      wrong('endpoint', 'holds a name or password; remove it, for messages are signed with secret');
    if (protocol === 'https:') return;
    if (!loopback.test(hostname) && !insecure)
      wrong('endpoint', "isn't encrypted; write https://, or insecure: true to allow it");
    if (ca !== undefined) wrong('ca', 'is of no use without TLS; write endpoint: https://…');
  });
/** Messages by HTTP. */
export type WebhookSettings = z.infer<typeof webhook>;

const email = z
  .strictObject({
    server: z
      .url({ protocol: /^smtps?$/, error: 'is no mail server, such as smtps://mail.example.com:465' })
      .describe('`smtps://` for TLS from the start (port 465), `smtp://` for STARTTLS (587), which is then required.'),
    username: z.string().min(1).optional().describe('Whom the server knows. Default: it asks for nobody.'),
    password: z.string().min(1, 'is empty; write the secret, or its file as …File').optional().describe('Theirs.'),
    from: z
      .string()
      .regex(mailAddress, 'is no mail address, such as connector@example.com')
      .describe('Whom messages come from.'),
    to: z
      .array(z.string().regex(mailAddress, 'is no mail address, such as it@example.com'))
      .min(1, 'is empty; write who is to be told, such as [it@example.com]')
      .describe('Who is told.'),
    ca: certificate
      .optional()
      .describe('Of the authority that signed the server’s certificate, in PEM form. Default: those that Node trusts.'),
    insecure: z.boolean().default(false).describe('Allows `smtp://` without STARTTLS.'),
  })
  .superRefine(({ server, username, password, ca, insecure }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (username !== undefined && password === undefined)
      wrong('password', 'is missing; write it, or remove username for a server that asks for none');
    if (password !== undefined && username === undefined) wrong('username', 'is missing; write it, or remove password');
    if (!URL.canParse(server)) return;
    const url = new URL(server);
    if (url.hostname === '') wrong('server', 'names no host; write such as smtps://mail.example.com:465');
    if (url.username !== '' || url.password !== '')
      wrong('server', 'holds a name or password; write them as username and passwordFile');
    if (url.protocol === 'smtps:' && insecure)
      wrong('insecure', 'contradicts smtps://, which is always encrypted; remove it, or write smtp://');
    if (insecure && ca !== undefined) wrong('ca', 'is of no use with insecure: true; remove one of the two');
  });
/** Messages by mail. */
export type EmailSettings = z.infer<typeof email>;

/** The directory is asked every minute, and what is slow once is tried again: less would tell of what is usual. */
const shortestNoSuccessMs = 5 * minuteMs;

/** The section of the configuration. */
export const notifications = z
  .strictObject({
    names: z.boolean().default(false).describe('Whether messages say who is held, pending or set aside.'),
    noSuccessFor: durationMs
      .refine((ms) => ms >= shortestNoSuccessMs, 'is too short; write 5m at least, as every poll takes a while')
      .default(30 * minuteMs)
      .describe('So long may nothing be read or delivered before that is told: five minutes at least.'),
    settleFor: durationMs
      .refine((ms) => ms <= 3_600_000, 'is too long; write 1h at most')
      .default(30_000)
      .describe('What lasts for less isn’t told, and what changes meanwhile is in one message: an hour at most.'),
    webhook: webhook.optional().describe('Messages by HTTP, signed. Default: none.'),
    email: email.optional().describe('Messages by mail. Default: none.'),
  })
  .superRefine(({ webhook: posted, email: mailed }, context) => {
    if (posted === undefined && mailed === undefined)
      context.addIssue({ code: 'custom', message: 'names no way to tell anybody; write webhook, email or both' });
  });
export type NotificationSettings = z.infer<typeof notifications>;

/** The host and port that messages go to, for a log or an error: never the path, which may be a secret. */
export const hostOf = (address: string): string => new URL(address).host;
