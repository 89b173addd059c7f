import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigurationError, parseConfiguration } from './configuration.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const webhook = { endpoint: 'https://alerts.example.com/a-hushed-path', secret };
const email = { server: 'smtps://mail.example.com:465', from: 'a@example.com', to: ['it@example.com'] };

const read = (notifications: unknown, file = 'connector.yaml') =>
  parseConfiguration(
    JSON.stringify({
      directories: [{ id: 'corp', urls: ['ldaps://dc1'], bindDn: 'CN=x', bindPassword: 'p' }],
      lastpass: { cid: '1', provhash: 'p' },
      notifications,
    }),
    { file, environment: {} },
  ).notifications;

function problemsOf(notifications: unknown): readonly string[] {
  try {
    read(notifications);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    assert.doesNotMatch(error.message, /hush/, 'a secret is told');
    return error.problems;
  }
  assert.fail('the configuration is taken');
}

test('without the section, or with nothing in it, nobody is told', () => {
  assert.equal(read(null), null);
  assert.equal(read(undefined), null);
});

test('either way will do; nobody is named, and what lasts for half a minute is told', () => {
  for (const way of [{ webhook }, { email }]) {
    const { names, noSuccessFor, settleFor } = read(way) ?? assert.fail();
    assert.deepEqual({ names, noSuccessFor, settleFor }, { names: false, noSuccessFor: 1_800_000, settleFor: 30_000 });
  }
  assert.ok(read({ webhook: { ...webhook, endpoint: 'http://localhost:9/' } }));
  assert.ok(read({ webhook: { ...webhook, endpoint: 'http://box/', insecure: true } }));
  assert.ok(read({ email: { ...email, server: 'smtp://mail.example.com', username: 'u', password: 'hush' } }));
  for (const bytes of [24, 64])
    assert.ok(read({ webhook: { ...webhook, secret: `whsec_${Buffer.alloc(bytes, 7).toString('base64')}` } }));
});

test('secrets and certificates are taken from files', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const written = { key: secret, endpoint: webhook.endpoint, pass: 'hush', 'ca.pem': '-----BEGIN CERTIFICATE-----' };
  for (const [name, text] of Object.entries(written)) writeFileSync(join(folder, name), `${text}\n`);
  const found = read(
    {
      webhook: { endpointFile: 'endpoint', secretFile: 'key', caFile: 'ca.pem' },
      email: { ...email, username: 'u', passwordFile: 'pass', caFile: 'ca.pem' },
    },
    join(folder, 'connector.yaml'),
  );
  assert.deepEqual(
    [found?.webhook?.secret, found?.webhook?.endpoint, found?.webhook?.ca, found?.email?.password, found?.email?.ca],
    [secret, webhook.endpoint, written['ca.pem'], 'hush', written['ca.pem']],
  );
});

test('each mistake names its key and what to write, and no secret', () => {
  const hint = "write whsec_ and 24 to 64 random bytes in base64, as 'echo whsec_$(openssl rand -base64 32)' prints";
  const cases: [notifications: unknown, problem: string][] = [
    [{}, ': names no way to tell anybody; write webhook, email or both'],
    [{ webhook: { endpoint: webhook.endpoint } }, '.webhook.secret: is missing; write a text'],
    [{ webhook: { ...webhook, secret: 'hush' } }, `.webhook.secret: is no signing key; ${hint}`],
    [
      { webhook: { ...webhook, secret: `whsec_${Buffer.alloc(23).toString('base64')}` } },
      `.webhook.secret: is no signing key; ${hint}`,
    ],
    [
      { webhook: { ...webhook, endpoint: 'hush' } },
      '.webhook.endpoint: is no address, such as https://alerts.example.com/connector',
    ],
    [
      { webhook: { ...webhook, endpoint: 'http://hush/' } },
      ".webhook.endpoint: isn't encrypted; write https://, or insecure: true to allow it",
    ],
    [
      { webhook: { ...webhook, endpoint: 'https://u:hush@x/' } },
      '.webhook.endpoint: holds a name or password; remove it, for messages are signed with secret',
    ],
    [{ webhook: { ...webhook, ca: 'hush' } }, '.webhook.ca: holds no certificate in PEM form; write one that does'],
    [{ webhook: { ...webhook, url: 'x' } }, '.webhook.url: unknown key; did you mean ca?'],
    [{ email: { ...email, to: [] } }, '.email.to: is empty; write who is to be told, such as [it@example.com]'],
    [{ email: { ...email, to: ['it'] } }, '.email.to[0]: is no mail address, such as it@example.com'],
    [{ email: { ...email, from: 'a@b>\n' } }, '.email.from: is no mail address, such as connector@example.com'],
    [
      { email: { ...email, server: 'mail.example.com' } },
      '.email.server: is no mail server, such as smtps://mail.example.com:465',
    ],
    [
      { email: { ...email, server: 'smtps://u:hush@x' } },
      '.email.server: holds a name or password; write them as username and passwordFile',
    ],
    [
      { email: { ...email, username: 'u' } },
      '.email.password: is missing; write it, or remove username for a server that asks for none',
    ],
    [{ email: { ...email, password: 'hush' } }, '.email.username: is missing; write it, or remove password'],
    [
      { email: { ...email, insecure: true } },
      '.email.insecure: contradicts smtps://, which is always encrypted; remove it, or write smtp://',
    ],
    [{ email, noSuccessFor: '1m' }, '.noSuccessFor: is too short; write 5m at least, as every poll takes a while'],
    [{ email, settleFor: '2h' }, '.settleFor: is too long; write 1h at most'],
  ];
  for (const [notifications, problem] of cases)
    assert.deepEqual(problemsOf(notifications), [`notifications${problem}`]);
});
