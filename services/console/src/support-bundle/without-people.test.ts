import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration, secretKeys } from '@connector/shared/configuration.ts';
import { redactedConfiguration } from './redacted-configuration.ts';
import { eachText, withoutPeople } from './without-people.ts';

/** Each secret, and each name of somebody, has the mark in it. */
const mark = 'Mark0815';
const configuration = parseConfiguration(
  JSON.stringify({
    directories: [
      {
        id: 'corp',
        urls: ['ldaps://dc1.corp.test'],
        bindDn: `CN=Bind ${mark},OU=Service,DC=corp,DC=test`,
        bindPassword: `${mark}-bind`,
        userBases: ['CN=Staff,DC=corp,DC=test'],
      },
      { id: 'upn', urls: ['ldaps://dc2.corp.test'], bindDn: `CORP\\${mark}`, bindPassword: `${mark}-bind-2` },
    ],
    lastpass: {
      cid: '4711',
      provhash: `${mark}-provhash`,
      proxy: { url: 'http://proxy.corp.test:3128', username: mark, password: `${mark}-proxy` },
    },
    redis: {
      sentinels: ['redis-1:26379'],
      master: 'mymaster',
      password: `${mark}-redis`,
      sentinelPassword: `${mark}-sentinel`,
      ca: `-----BEGIN CERTIFICATE-----\n${mark}`,
    },
    policy: { groupFilter: ['LastPassUsers'], excludeUsers: [`svc-${mark}`, `CN=${mark},DC=corp,DC=test`] },
    console: {
      token: `${mark}-token-of-the-console`,
      signIn: { administrators: 'CN=Admins,OU=Groups,DC=corp,DC=test' },
    },
    notifications: {
      webhook: { endpoint: `https://alerts.corp.test/${mark}`, secret: `whsec_${mark.repeat(4)}` },
      email: {
        server: 'smtps://mail.corp.test',
        username: mark,
        password: `${mark}-mail`,
        from: `${mark}@corp.test`,
        to: [`${mark}@corp.test`],
      },
    },
  }),
  { file: 'connector.yaml', environment: {} },
);
const fit = withoutPeople(configuration);
const bare = JSON.stringify(redactedConfiguration(configuration));
const redacted = JSON.stringify(eachText(redactedConfiguration(configuration), fit));

test('a line for dsacls names nobody: not the account either, by its other name', () => {
  const line = `give it the right: dsacls "CN=Deleted Objects,DC=corp,DC=test" /G "CORP\\${mark}:LCRP"`;
  assert.equal(fit(line), 'give it the right: dsacls "CN=Deleted Objects,DC=corp,DC=test" /G "(bindDn):LCRP"');
});

test('the configuration has no secret left, and nobody; bases, groups, limits and addresses of servers stay', () => {
  assert.ok(!redacted.includes(mark), redacted);
  for (const key of secretKeys) assert.ok(bare.includes(`"${key}":"…"`), `${key} is told, if it is a short one`);
  assert.ok(redacted.includes('"excludeUsers":["…","…"]'));
  for (const kept of [
    'CN=Staff,DC=corp,DC=test',
    'CN=Admins,OU=Groups',
    'LastPassUsers',
    'ldaps://dc1.corp.test',
    'mail.corp.test',
    'http://proxy.corp.test:3128',
  ])
    assert.ok(redacted.includes(kept), kept);
  assert.ok(!redacted.includes('4711'));
});

test('no text holds a secret, whoever wrote it there', () => {
  const { directories, lastpass, redis, console: page, notifications } = configuration;
  const secrets = [
    directories[0]?.bindPassword,
    lastpass.provhash,
    lastpass.proxy?.password,
    redis.password,
    redis.sentinelPassword,
    page?.token,
    notifications?.webhook?.secret,
    notifications?.webhook?.endpoint,
    notifications?.email?.password,
  ];
  for (const secret of secrets) assert.equal(fit(`before ${secret} after\n${secret}`), 'before … after\n…');
});

test('the password in an address of Redis is hidden, as it is written and as it is meant', () => {
  const url = 'redis://me:p%40ss-word-1@redis:6379';
  const open = withoutPeople({ ...configuration, redis: { prefix: 'connector', url } });
  assert.equal(open(`${url} p%40ss-word-1 p@ss-word-1`), 'redis://redis:6379 … …');
});

test('addresses, names of objects and the account that reads the directory are hidden in texts', () => {
  for (const [text, shown] of Object.entries({
    'LastPass refuses ann.lee@x.org: no': 'LastPass refuses (address): no',
    'no such object: CN=Lee\\, Ann,OU=Staff,DC=corp,DC=test': 'no such object: CN=…,OU=Staff,DC=corp,DC=test',
    [`lets CN=Bind ${mark},OU=Service,DC=corp,DC=test in`]: 'lets (bindDn) in',
    [`lets CORP\\${mark} in`]: 'lets (bindDn) in',
    'the base cn=Staff,DC=corp,DC=test is there': 'the base cn=Staff,DC=corp,DC=test is there',
    'CN=LastPassUsers,OU=Groups,DC=corp is renamed': 'CN=LastPassUsers,OU=Groups,DC=corp is renamed',
  }))
    assert.equal(fit(text), shown);
});

test('what a bundle is of use for stays: person keys, hosts, stacks', () => {
  for (const text of [
    'corp/11111111-2222-3333-4444-555555555555',
    'ldaps://dc1.corp.test can’t be reached',
    'Error: it failed\n    at run (/app/node_modules/@bull-board/api/dist/x.js:1:2)',
  ])
    assert.equal(fit(text), text);
});
