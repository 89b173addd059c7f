import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ConfigurationError, loadConfiguration, parseConfiguration } from './configuration.ts';
import { addressOptions } from './redis-target.ts';

const file = 'connector.yaml';
const whole = `
directories:
  - id: corp
    urls: [ldaps://dc1.corp.example.com]
    bindDn: CN=svc,DC=corp,DC=example,DC=com
    bindPassword: \${LDAP_BIND_PASSWORD}
lastpass:
  cid: 12345678
  provhash: secret-provhash
`;
const environment = { LDAP_BIND_PASSWORD: 'secret-password' };
const read = (text: string, variables: NodeJS.ProcessEnv = environment) =>
  parseConfiguration(text, { file, environment: variables });

function problemsIn(text: string, variables: NodeJS.ProcessEnv = environment): readonly string[] {
  try {
    read(text, variables);
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    for (const line of error.message.split('\n'))
      assert.match(line, /^connector\.yaml: \S/, 'each line names the file');
    assert.doesNotMatch(error.message, /secret-/, 'a secret is told');
    return error.problems;
  }
  assert.fail('the configuration is taken');
}

test('the smallest configuration gets the documented defaults', () => {
  const { lastpass, redis, sync, policy, http, directories } = read(whole);
  assert.equal(directories[0]?.bindPassword, 'secret-password');
  assert.deepEqual(directories[0]?.userBases, []);
  assert.equal(directories[0]?.groupPrefix, '');
  assert.deepEqual(lastpass, {
    apiUrl: 'https://lastpass.com/enterpriseapi.php',
    cid: '12345678',
    provhash: 'secret-provhash',
    batchSize: 200,
    callsPerSecond: 25,
    adaptive: true,
    callsInFlight: 4,
    insecure: false,
    proxy: null,
  });
  assert.equal(redis.prefix, 'connector');
  assert.deepEqual(sync, { mode: 'automatic', accountsEvery: 900_000, fullReadEvery: 86_400_000 });
  assert.deepEqual(
    [policy.onDeleted, policy.onDisabled, policy.onRemovedFromFilter],
    ['disable', 'disable', 'disable'],
  );
  assert.deepEqual(policy.guard, { maxLeavers: 10, maxLeaversPercent: 5, maxLeaversHard: 50, firstCreates: 10 });
  assert.deepEqual([http.watcher, http.reconciler, http.pusher, http.console], [9101, 9102, 9103, 8080]);
});

test('domain controllers may be found through DNS, asked of certain servers', () => {
  const servers = ['10.0.0.10', '10.0.0.10:5353', '2001:db8::1', '[2001:db8::1]:53'];
  const text = whole.replace(/urls: .*/, `domain: Corp.example.com\n    dnsServers: ${JSON.stringify(servers)}`);
  const [directory] = read(text).directories;
  assert.deepEqual(
    [directory?.urls, directory?.domain, directory?.dnsServers],
    [undefined, 'Corp.example.com', servers],
  );
});

test('ldap:// is taken with StartTLS', () => {
  const text = whole.replace(/urls: .*/, 'urls: [ldap://dc1, ldap://dc2:3389]\n    tls: { startTls: true }');
  assert.equal(read(text).directories[0]?.tls.startTls, true);
});

test('the company’s key is a file beside the configuration, and is not read', () => {
  const { federation, policy } = read(
    `${whole}policy: { federation: companyKey }\n${registrarOnly(`companyKeyFile: secrets/company-key, companyKeyFragmentId: "${'A'.repeat(43)}="`)}`,
  );
  assert.equal(policy.federation, 'companyKey');
  assert.match(federation?.companyKeyFile ?? '', /^\/.*\/secrets\/company-key$/);
});

test('TLS to Redis is asked for in any case of letters, and the name of the host and the password stay as they are', () => {
  const { url, ca } = read(
    `${whole}redis: { url: "REDISS://u:Secret-Password@Cache:6380", ca: "-----BEGIN CERTIFICATE-----" }`,
  ).redis;
  assert.equal(url, 'rediss://u:Secret-Password@Cache:6380');
  assert.deepEqual(addressOptions({ url, ca }).options.tls, { ca });
});

test('an account number with zeros at its head keeps them when it is written as text', () => {
  assert.equal(read(whole.replace('12345678', '"00123"')).lastpass.cid, '00123');
});

const registrarOnly = (more: string) =>
  `federation: { registrar: { url: "https://keys.example.com/", token: t }, ${more} }`;

describe('each mistake is one line that says what to write', () => {
  const mistakes: readonly [what: string, text: string, problem: RegExp][] = [
    [
      'a slip in a key',
      whole.replace('urls:', 'userBase: []\n    urls:'),
      /^directories\[0\]\.userBase: unknown key; did you mean userBases\?$/,
    ],
    [
      'full reads so seldom that AD forgets deletions in between',
      `${whole}sync: { fullReadEvery: 31d }`,
      /^sync\.fullReadEvery: is too long; write 30d at most, as AD forgets deletions$/,
    ],
    [
      'full reads without a rest',
      `${whole}sync: { fullReadEvery: 0s }`,
      /^sync\.fullReadEvery: is too short; write 1s at least, or 24h$/,
    ],
    [
      'accounts that are read without a rest',
      `${whole}sync: { accountsEvery: 999ms }`,
      /^sync\.accountsEvery: is too short; write 1s at least, or 15m$/,
    ],
    [
      'federated log-in without a registrar',
      `${whole}policy: { federation: companyKey }\nfederation: { companyKeyFile: key, companyKeyFragmentId: "${'A'.repeat(43)}=" }`,
      /^federation\.registrar: is missing; LastPass's own registrar endpoint isn't public: without a configured one the mode refuses to start$/,
    ],
    [
      'federated log-in of people who are to be approved',
      `${whole}policy: { federation: userKey, onDetected: approve }\n${registrarOnly('attribute: lastPassK1')}`,
      /^policy\.federation: userKey doesn't go with onDetected: approve, as LastPass wants a federated user's account made at once, and never pending; write onDetected: create, or federation: off$/,
    ],
    [
      'a company key that nobody has named',
      `${whole}policy: { federation: companyKey }\n${registrarOnly(`companyKeyFragmentId: "${'A'.repeat(43)}="`)}`,
      /^federation\.companyKeyFile: is missing; write the file that "connector federation key generate --out company-key" has made$/,
    ],
    [
      'a company key of which nobody says which one it is',
      `${whole}policy: { federation: companyKey }\n${registrarOnly('companyKeyFile: key')}`,
      /^federation\.companyKeyFragmentId: is missing; write the fragment id of the company’s key, as "connector federation key verify" tells it$/,
    ],
    [
      'keys of users without an attribute',
      `${whole}policy: { federation: userKey }\n${registrarOnly('companyKeyFile: key')}`,
      /^federation\.attribute: is missing; write the name of the confidential attribute that holds each user’s key$/,
    ],
    [
      'keys of users that could be read on the way',
      `${whole.replace('ldaps://', 'ldap://').replace('bindDn:', 'insecure: true\n    bindDn:')}policy: { federation: userKey }\n${registrarOnly('attribute: lastPassK1')}`,
      /^federation\.attribute: keys would be read on the way to corp; use ldaps:\/\/, or tls\.startTls: true, there$/,
    ],
    [
      'a registrar whose address holds more than that',
      `${whole}federation: { registrar: { url: "https://a:secret-b@keys.example.com/", token: t } }`,
      /^federation\.registrar\.url: holds more than a host, a port and a path; write the token as token$/,
    ],
    [
      'a registrar that keys go to in the clear',
      `${whole}federation: { registrar: { url: "http://keys.example.com/", token: t } }`,
      /^federation\.registrar\.url: isn't encrypted, and keys go there; write https:\/\/, or insecure: true to allow it$/,
    ],
    ['a slip at the top', `${whole}polici: {}`, /^polici: unknown key; did you mean policy\?$/],
    [
      'a slip in the policy',
      `${whole}policy: { onDeletd: delete }`,
      /^policy\.onDeletd: unknown key; did you mean onDeleted\?$/,
    ],
    [
      'a slip in the guard',
      `${whole}policy: { guard: { maxLeaver: 3 } }`,
      /^policy\.guard\.maxLeaver: unknown key; did you mean maxLeavers\?$/,
    ],
    [
      'a key that is like no other',
      `${whole}policy: { colour: red }`,
      /^policy\.colour: unknown key; known here: .*onDeleted.*groupFilter/,
    ],
    [
      'a DN between brackets, which YAML cuts at its commas',
      `${whole}policy: { excludeUsers: [svc-a,CN=Ann] }`,
      /^policy\.excludeUsers\[1\]: "CN=Ann" is neither a whole DN nor a sAMAccountName; write each on a line/,
    ],
    [
      'a list written as one name',
      `${whole}policy: { excludeGroups: ["admins, helpers"] }`,
      /^policy\.excludeGroups\[0\]: "admins, helpers" is neither a whole DN nor a sAMAccountName/,
    ],
    ['a missing section', whole.replace(/lastpass:[\s\S]*/, ''), /^lastpass: is missing; write a group of keys$/],
    ['no directory', whole.replace(/directories:[\s\S]*lastpass/, 'directories: []\nlastpass'), /^directories: /],
    [
      'an action that there is none of',
      `${whole}policy: { onDeleted: erase }`,
      /^policy\.onDeleted: must be one of disable, remove, delete, nothing; or, with a time to think it over, \{action: remove, after: 30d\}$/,
    ],
    [
      'a token that could be guessed',
      `${whole}console: { token: secret-token }`,
      /^console\.token: is too short to be safe; write what "openssl rand -hex 32" prints$/,
    ],
    [
      'a duration without a unit',
      `${whole}sync: { accountsEvery: "15" }`,
      /^sync\.accountsEvery: "15" is no duration; /,
    ],
    [
      'an open connection to the directory',
      whole.replace('ldaps:', 'ldap:'),
      /^directories\[0\]\.urls\[0\]: ldap:.* isn't encrypted; write ldaps:\/\/, or tls\.startTls: true, or insecure: true/,
    ],
    [
      'no way to a domain controller',
      whole.replace(/ +urls: .*\n/, ''),
      /^directories\[0\]\.urls: is missing; write \[ldaps:\/\/dc1.*\], the addresses .*, or domain: corp\.example\.com/,
    ],
    [
      'two ways to them',
      whole.replace('urls:', 'domain: corp.example.com\n    urls:'),
      /^directories\[0\]\.domain: urls is given too; keep one of the two$/,
    ],
    [
      'an empty list of them',
      whole.replace(/urls: .*/, 'urls: []'),
      /^directories\[0\]\.urls: is empty; write \[ldaps:/,
    ],
    [
      'an address for a domain',
      whole.replace(/urls: .*/, 'domain: ldap://corp.example.com'),
      /^directories\[0\]\.domain: is no DNS name of a domain, such as corp\.example\.com$/,
    ],
    [
      'a DN for a domain',
      whole.replace(/urls: .*/, '"domain": "DC=corp,DC=example"'),
      /^directories\[0\]\.domain: is no DNS name/,
    ],
    [
      'a name where the address of a name server should be',
      whole.replace('urls:', 'dnsServers: [10.0.0.10, dns1]\n    urls:'),
      /^directories\[0\]\.dnsServers\[1\]: "dns1" is no address of a name server; write such as 10\.0\.0\.10 or/,
    ],
    [
      'StartTLS on LDAPS',
      whole.replace('urls:', 'tls: { startTls: true }\n    urls:'),
      /^directories\[0\]\.urls\[0\]: ldaps:.* is encrypted anyway; write ldap:\/\/ for tls\.startTls, or remove that$/,
    ],
    [
      'StartTLS that may be left out',
      whole.replace(/urls: .*/, 'urls: [ldap://dc1]\n    tls: { startTls: true }\n    insecure: true'),
      /^directories\[0\]\.insecure: contradicts tls\.startTls; remove one of the two$/,
    ],
    [
      'a permission that a domain has no use for',
      whole.replace(/urls: .*/, 'domain: corp.example.com\n    insecure: true'),
      /^directories\[0\]\.insecure: has no use with domain, which is always encrypted; remove it$/,
    ],
    [
      'an open connection to LastPass',
      whole.replace('cid:', 'apiUrl: http://lastpass.com/enterpriseapi.php\n  cid:'),
      /^lastpass\.apiUrl: http:.* isn't encrypted; write https:\/\//,
    ],
    [
      'an address of another kind',
      whole.replace('ldaps:', 'https:'),
      /^directories\[0\]\.urls\[0\]: is no LDAP address/,
    ],
    ['no call at all', whole.replace('cid:', 'callsPerSecond: 0\n  cid:'), /^lastpass\.callsPerSecond: .*1/],
    ['half a call', whole.replace('cid:', 'callsPerSecond: 0.5\n  cid:'), /^lastpass\.callsPerSecond: /],
    ['too many calls', whole.replace('cid:', 'callsInFlight: 33\n  cid:'), /^lastpass\.callsInFlight: .*32/],
    ['neither true nor false', whole.replace('cid:', 'adaptive: off\n  cid:'), /^lastpass\.adaptive: must be .*true/],
    ['a batch that is too large', whole.replace('cid:', 'batchSize: 501\n  cid:'), /^lastpass\.batchSize: .*500/],
    ['an empty secret', whole.replace('secret-provhash', '""'), /^lastpass\.provhash: is empty; write the secret/],
    [
      'a base that is no DN',
      whole.replace('urls:', 'userBases: [People]\n    urls:'),
      /^directories\[0\]\.userBases\[0\]: "People" is no DN; write/,
    ],
    [
      'a prefix of groups that is too long',
      whole.replace('urls:', `groupPrefix: ${'x'.repeat(65)}\n    urls:`),
      /^directories\[0\]\.groupPrefix: is longer than 64 characters; write a short one/,
    ],
    [
      'a prefix of groups over two lines',
      whole.replace('urls:', 'groupPrefix: "CORP\\n"\n    urls:'),
      /^directories\[0\]\.groupPrefix: begins with a space, or holds a line break/,
    ],
    [
      'a prefix of groups that nobody sees',
      whole.replace('urls:', 'groupPrefix: " "\n    urls:'),
      /^directories\[0\]\.groupPrefix: begins with a space, or/,
    ],
    ['an id in capitals', whole.replace('id: corp', 'id: Corp'), /^directories\[0\]\.id: must be lower-case/],
    ['text that is no YAML', 'directories: [', /^is no YAML: /],
    [
      'a password that YAML takes for a reference',
      whole.replace('secret-provhash', '*secret-provhash'),
      /^is no YAML: .*in quotes$/,
    ],
    ['a key that is in every object', `${whole}constructor: {lastpass: 1}\n`, /^constructor: unknown key/],
    ['a key over several lines', `${whole}"a\\n: b": 1\n`, /^"a\\n: b": unknown key/],
    ['a key that is a colon', `${whole}":": 1\n`, /^":": unknown key/],
    ['an empty file', '', /^is empty, or has nothing but comments; copy connector\.example\.yaml there$/],
    [
      'a file of comments',
      '# directories:\n',
      /^is empty, or has nothing but comments; copy connector\.example\.yaml there$/,
    ],
    ['a list of sections', '- directories', /^must be a group of keys; copy connector\.example\.yaml there$/],
    ['a text where a group of keys should be', `${whole}policy: none`, /^policy: must be a group of keys$/],
  ];
  for (const [what, text, problem] of mistakes) {
    test(what, () => {
      const problems = problemsIn(text);
      assert.equal(problems.length, 1, problems.join('\n'));
      assert.match(problems[0] ?? '', problem);
      assert.doesNotMatch(problems[0] ?? '', /\n/);
    });
  }

  test('a missing variable', () => {
    assert.deepEqual(problemsIn(whole, {}), [
      "directories[0].bindPassword: the environment variable LDAP_BIND_PASSWORD isn't set; set it, or write the value itself",
    ]);
  });

  test('two directories with one id', () => {
    const [section = ''] = /\n {2}- id[\s\S]*(?=\nlastpass)/.exec(whole) ?? [];
    assert.match(
      problemsIn(whole.replace(section, section + section))[0] ?? '',
      /^directories: has two directories with one id/,
    );
  });

  test('all mistakes are told at once', () => {
    const text = `${whole.replace('bindDn', 'bindDN')}policy: { onDeleted: erase }\npolici: {}`;
    const told = problemsIn(text).map((problem) => problem.split(':')[0]);
    for (const key of ['directories[0].bindDN', 'directories[0].bindDn', 'policy.onDeleted', 'polici'])
      assert.ok(told.includes(key), `${key} isn't among ${told.join(', ')}`);
  });
});

describe('the file of a secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  after(() => rmSync(folder, { recursive: true }));
  const inFolder = (text: string) => parseConfiguration(text, { file: join(folder, 'connector.yaml'), environment });
  const withFile = (name: string) => whole.replace('provhash: secret-provhash', `provhashFile: ${name}`);

  test('is found beside the configuration, and its last line break is no part of the secret', () => {
    writeFileSync(join(folder, 'provhash'), 'secret-in-file\n');
    assert.equal(inFolder(withFile('provhash')).lastpass.provhash, 'secret-in-file');
  });

  test('is read without the byte order mark that Windows’ editors put before it, as is a certificate’s', () => {
    writeFileSync(join(folder, 'marked'), '\uFEFFsecret-in-file\r\n');
    assert.equal(inFolder(withFile('marked')).lastpass.provhash, 'secret-in-file');
    writeFileSync(join(folder, 'ca.pem'), '\uFEFF-----BEGIN CERTIFICATE-----\n');
    const { redis } = inFolder(`${whole}redis: { url: "rediss://r", caFile: ca.pem }`);
    assert.equal(redis.ca, '-----BEGIN CERTIFICATE-----');
  });

  test('in another encoding is refused, before a wrong secret is tried', () => {
    writeFileSync(join(folder, 'utf-16'), Buffer.from('\uFEFFsecret-in-file', 'utf16le'));
    assert.throws(
      () => inFolder(withFile('utf-16')),
      /lastpass\.provhashFile: utf-16 holds no text in UTF-8, such as what > of Windows PowerShell writes; write it anew/,
    );
  });

  test('that is missing is named with what to write', () => {
    assert.throws(
      () => inFolder(withFile('nowhere')),
      /lastpass\.provhashFile: nowhere can't be read \(ENOENT\); write/,
    );
  });

  test('beside the secret itself is refused', () => {
    const both = whole.replace('provhash:', 'provhashFile: provhash\n  provhash:');
    assert.throws(() => inFolder(both), /lastpass\.provhashFile: provhash is given too; keep one of the two/);
  });

  test('the configuration itself missing says where it was looked for', () => {
    const nowhere = join(folder, 'nowhere.yaml');
    assert.throws(
      () => loadConfiguration({ CONNECTOR_CONFIG: nowhere }),
      (error: Error) => {
        assert.match(error.message, /can't be read \(ENOENT\); copy connector\.example\.yaml there/);
        return error.message.startsWith(nowhere);
      },
    );
  });
});
