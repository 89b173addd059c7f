import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseConfiguration } from '@connector/shared/configuration.ts';
import { REHEARSAL_PROVHASH } from '../services/lastpass-simulator/src/settings.ts';

const file = resolve(import.meta.dirname, '../connector.example.yaml');
const example = readFileSync(file, 'utf8');
const environment = {
  LDAP_BIND_PASSWORD: 'bind-secret',
  LASTPASS_CID: '12345678',
  LASTPASS_PROVHASH: 'hash',
  REDIS_PASSWORD: 'redis-secret',
  CONSOLE_TOKEN: 'console-secret-of-32-letters-----',
};

/** Keys that hold secrets, whose …File twins would need a file. */
const twin = /^\s*# \w+File: /;

test('the example is a configuration once its variables are set', () => {
  const { directories, lastpass } = parseConfiguration(example, { file, environment });
  assert.equal(directories[0]?.bindPassword, 'bind-secret');
  assert.deepEqual(directories[0]?.userBases, ['OU=ActiveUsers,DC=corp,DC=example,DC=com']);
  assert.equal(lastpass.cid, '12345678');
});

test('every key that the example comments out is a key, with the value that it would have anyway', () => {
  const whole = example
    .split('\n')
    .filter((line) => !twin.test(line))
    .map((line) => line.replace(/^(\s*)# (\w+: \S+)$/, '$1$2'))
    .join('\n');
  const { redis, directories, console: page, ...shown } = parseConfiguration(whole, { file, environment });
  const {
    redis: plain,
    directories: _,
    console: closed,
    ...silent
  } = parseConfiguration(example, { file, environment });
  assert.equal(redis.password, 'redis-secret');
  assert.equal(page?.token, environment.CONSOLE_TOKEN);
  assert.equal(closed, null);
  assert.deepEqual({ ...redis, password: undefined }, { ...plain, password: undefined });
  assert.deepEqual(shown, silent);
  assert.equal(directories[0]?.tls.serverName, 'dc1.corp.example.com');
  assert.equal(directories[0]?.tls.startTls, false);
  assert.deepEqual(directories[0]?.dnsServers, ['10.0.0.10']);
});

test('the domain that the example shows may stand in place of the addresses', () => {
  const found = example.replace(/^ +urls: .*$/m, '').replace(/^( +)# {3}(domain: \S+)$/m, '$1$2');
  assert.equal(parseConfiguration(found, { file, environment }).directories[0]?.domain, 'corp.example.com');
});

test('what the example says of sync, policy guard and http is the default', () => {
  const defaults = parseConfiguration(example.slice(0, example.indexOf('\nsync:')), { file, environment });
  const shown = parseConfiguration(example, { file, environment });
  assert.deepEqual(shown.sync, defaults.sync);
  assert.deepEqual(shown.http, defaults.http);
  assert.deepEqual({ ...shown.policy, groupFilter: [] }, defaults.policy);
});

test('what the example shows of notifications is a configuration, with the defaults where it has any', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'webhook-secret'), `whsec_${Buffer.alloc(32).toString('base64')}`);
  writeFileSync(join(folder, 'mail-password'), 'mail-secret');
  for (const name of ['alerts-ca.pem', 'mail-ca.pem']) writeFileSync(join(folder, name), '-----BEGIN CERTIFICATE-----');
  const [others = '', section = ''] = example.split(/^(?=notifications:$)/m);
  const shown = section.replace(/^# /gm, '').replaceAll('/run/secrets', folder);
  const { notifications } = parseConfiguration(others + shown, { file, environment });
  assert.equal(notifications?.email?.password, 'mail-secret');
  const webhook = notifications?.webhook ?? assert.fail('there is no webhook');
  const ways = { webhook: { endpoint: webhook.endpoint, secret: webhook.secret }, email: notifications?.email };
  const least = parseConfiguration(`${others}notifications: ${JSON.stringify(ways)}`, { file, environment });
  assert.deepEqual(
    { ...least.notifications, webhook: { ...least.notifications?.webhook, ca: webhook.ca } },
    notifications,
  );
});

/** A configuration for containers, its secrets looked for in a folder of this machine. */
function inContainers(path: string, secrets: string) {
  const text = readFileSync(resolve(import.meta.dirname, '..', path), 'utf8');
  return parseConfiguration(text.replaceAll('/run/secrets', secrets), { file, environment: {} });
}
const demoSecrets = resolve(import.meta.dirname, '../demo/containers/secrets');

test('what production in containers begins with is a configuration, with the guard as it is by default', () => {
  const { lastpass, policy, redis } = inContainers('connector.containers.yaml', demoSecrets);
  assert.equal(lastpass.apiUrl, 'https://lastpass.com/enterpriseapi.php');
  assert.equal(redis.url, 'redis://redis:6379');
  const byDefault = parseConfiguration(example.slice(0, example.indexOf('\nsync:')), { file, environment });
  assert.deepEqual(policy, { ...byDefault.policy, groupFilter: ['LastPassUsers'] });
});

test('the demo in containers is configured for its simulator, and remembers apart from production', () => {
  const { lastpass, redis } = inContainers('demo/containers/connector.yaml', demoSecrets);
  assert.equal(lastpass.provhash, REHEARSAL_PROVHASH);
  assert.equal(lastpass.apiUrl, 'http://simulator:8081/enterpriseapi.php');
  assert.notEqual(redis.prefix, inContainers('connector.containers.yaml', demoSecrets).redis.prefix);
});
