/** Messages by mail, over TLS. */
import { hostname } from 'node:os';
import { type EmailSettings, hostOf } from '@connector/shared/notification-settings.ts';
import { withoutAddresses } from '@connector/shared/without-addresses.ts';
import { createTransport } from 'nodemailer';
import { oneLine } from '../text/one-line.ts';
import { counted } from '../text/when.ts';
import { subjectOf, textOf } from './message.ts';
import { endingAfter, NotSent, sendWithinMs, type Way } from './way.ts';

const ports = { 'smtps:': 465, 'smtp:': 587 } as const;

/** The way there. Each message has a connection of its own, as there is seldom one. */
export function emailWay(settings: EmailSettings, { withinMs = sendWithinMs } = {}): Way {
  const { server, username, password, from, to, ca, insecure } = settings;
  const url = new URL(server);
  const isTls = url.protocol === 'smtps:';
  const host = hostOf(server);
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || ports[isTls ? 'smtps:' : 'smtp:'],
    secure: isTls,
    requireTLS: !isTls && !insecure,
    ignoreTLS: insecure,
    ...(username === undefined || password === undefined ? {} : { auth: { user: username, pass: password } }),
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    dnsTimeout: withinMs,
    connectionTimeout: withinMs,
    greetingTimeout: withinMs,
    socketTimeout: withinMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'email',
    to: `${counted(to.length, 'address', 'addresses')} by ${host}`,
    async send({ id, body }, signal) {
      // The transport's own time-outs begin anew with each thing that the server says.
      const { timeout, either } = endingAfter(withinMs, signal);
      try {
        const { response, rejected } = await transport.sendMail({
          from,
          to,
          subject: subjectOf(body),
          text: textOf(body),
          messageId: `<${id}@${hostname()}>`.replace(/\s/g, ''),
          signal: either,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Connector-Notification': body.type },
        });
        const refused =
          rejected.length === 0 ? '' : ` (but ${counted(rejected.length, 'address was', 'addresses were')} refused)`;
        return `${withoutAddresses(oneLine(response))}${refused}`;
      } catch (error) {
        const why = timeout.aborted
          ? `took no mail within ${withinMs / 1_000} s: check notifications.email.server and the firewall`
          : whatFailed(error);
        throw new NotSent(`${host} ${why}`, { cause: error });
      }
    },
  };
}

/** What the server said or didn't, without anybody's address. */
function whatFailed(error: unknown): string {
  if (!(error instanceof Error)) return 'took no mail';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const said = withoutAddresses(oneLine(error.message)).slice(0, 200);
  const remedy = remedies[code] ?? 'check notifications.email';
  return `took no mail (${code === '' ? said : `${code}: ${said}`}): ${remedy}`;
}

/** By nodemailer's codes. */
const remedies: Readonly<Record<string, string>> = {
  EAUTH: 'check notifications.email.username and password',
  ECONNECTION: 'check notifications.email.server and the firewall',
  ETIMEDOUT: 'check notifications.email.server and the firewall',
  EDNS: 'check the name in notifications.email.server',
  ETLS: 'check that it takes STARTTLS, and name the authority of its certificate in notifications.email.caFile',
  ESOCKET: 'check notifications.email.server, and name the authority of its certificate in notifications.email.caFile',
  EENVELOPE: 'check notifications.email.from and to',
};
