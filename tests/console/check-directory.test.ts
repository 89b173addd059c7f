/** Everything that a check knows to be wrong with a directory, on a real one: doing what it says makes the line turn ok. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Policy } from '@connector/shared/policy.ts';
import { checkDirectory } from '../../services/console/src/check/check-directory.ts';
import type { What } from '../../services/console/src/check/findings.ts';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { DnsServer } from '../support/dns-server.ts';
import { FakeDirectory } from '../support/fake-directory.ts';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import type { Limits } from '../support/ldap/limits.ts';
import { controlOf, controlOid, type Entry, sequence, sequenceIn } from '../support/ldap/messages.ts';
import { baseOf, withControl } from '../support/ldap/search.ts';
import { makeCertificates } from '../support/samba/certificates.ts';
import { obeyDsacls } from '../support/samba/give-right.ts';
import { run } from '../support/samba/run.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { Checked, configurationOf } from './checked.ts';

const password = 'Secret123!svc';
const way: What[] = ['dns', 'tcp', 'tls'];

let dir: string;
let domain: SambaDomain;
let admin: DirectoryAdmin;
let dns: DnsServer;
const host = 'dc1.example.test';

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'check-directory-'));
  domain = await SambaDomain.create({ dir: join(dir, 'domain') });
  admin = new DirectoryAdmin(domain);
  for (const name of ['svc', 'refused']) await domain.createServiceAccount({ name, password });
  await domain.createServiceAccount({ name: 'svc-blind', password, seesDeleted: false });
  dns = await DnsServer.start();
  dns.setHost(host, domain.address);
  for (const name of ['Staff', 'Groups']) await admin.createOu({ name });
});
after(async () => {
  await dns?.[Symbol.asyncDispose]();
  await admin?.[Symbol.asyncDispose]();
  await domain?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const dnOf = (name: string) => `CN=${name},CN=Users,${domain.baseDn}`;
const staff = () => `OU=Staff,${domain.baseDn}`;

/** Looks at the domain by name, as its certificate has it, but for some keys of the directory, and of the policy. */
async function check(
  changes: object = {},
  policy: Partial<Policy> = {},
  signInGroups: readonly [key: string, dn: string][] = [],
): Promise<Checked> {
  const directory = {
    ...{ id: 'corp', urls: [`ldaps://${host}`], dnsServers: [dns.address] },
    ...{ bindDn: dnOf('svc'), bindPassword: password, tls: { caFile: domain.caFile }, userBases: [staff()] },
    ...changes,
  };
  const configuration = configurationOf({ directories: [directory], policy });
  const [configured = assert.fail()] = configuration.directories;
  const { signal } = new AbortController();
  return await Checked.by(
    checkDirectory({ directory: configured, policy: configuration.policy, signInGroups, keyAttribute: null, signal }),
  );
}

/** The same by way of a proxy that limits what the domain controller gives. */
async function checkBehind(limits: Limits, changes: object = {}): Promise<Checked> {
  await using proxy = await LdapProxy.start(domain, limits);
  return await check({ urls: [proxy.ldapsUrl], ...changes });
}

test('a directory that is as it should be: each thing from the ground up', async () => {
  await admin.createUser({ name: 'ann', ou: staff(), mail: 'ann@example.test' });
  const checked = await check();
  assert.deepEqual(checked.wrong, []);
  const account: What[] = ['bind', 'controls', 'clock', 'limits', 'dirsync', 'deletions', 'notifications'];
  assert.deepEqual(checked.whats, [...way, ...account, 'base', 'people', 'mails']);
  assert.equal(checked.line('dns'), `ok: ${host} is ${domain.address}`);
  const certificate = new RegExp(
    `for ${host}, ${domain.address}; signed by "CA of ${host} at ${domain.address}"; valid from 20\\d\\d-\\d\\d-\\d\\d until`,
  );
  assert.match(checked.line('tls'), certificate);
  assert.match(checked.line('limits'), /1000 entries and 1500 values in one answer/);
});

describe('the way to it', () => {
  test('a host without an address, and then with one', async () => {
    const urls = ['ldaps://dc2.example.test'];
    const missing = await check({ urls });
    assert.match(missing.line('dns'), /^failure: .* know no address of dc2\.example\.test; check it, and dnsServers$/);
    assert.deepEqual(missing.whats, ['dns']);
    dns.setHost('dc2.example.test', domain.address);
    assert.equal((await check({ urls })).line('dns'), `ok: dc2.example.test is ${domain.address}`);
  });

  test('a domain without SRV records, and then with some; a controller of it that is away is a warning', async () => {
    const found = { urls: undefined, domain: 'example.test' };
    const none = await check(found);
    assert.match(none.line('dns'), /^failure: .* know no domain controllers of example\.test: there is no SRV record/);
    assert.deepEqual(none.whats, ['dns']);
    dns.setServices('_ldap._tcp.dc._msdcs.example.test', [
      { target: host },
      { target: 'gone.example.test', priority: 1 },
    ]);
    const records = await check(found);
    assert.deepEqual(records.wrong, ['warning dns']);
    assert.match(records.lines('dns')[0] ?? '', /^ok: example\.test has SRV records of 2 domain controllers$/);
    assert.match(records.lines('dns')[2] ?? '', /^warning: .* know no address of gone\.example\.test/);
    assert.match(records.line('bind'), /^ok: /);
  });

  test('name servers that fail, and then do not', async () => {
    dns.failure = 'serverFailure';
    const failing = await check();
    dns.failure = null;
    assert.match(failing.line('dns'), /^failure: .*ESERVFAIL.*check dnsServers, network and firewall/);
    assert.deepEqual(failing.whats, ['dns']);
    assert.deepEqual((await check()).wrong, []);
  });

  test('a port that nothing listens on, and the right one', async () => {
    const closed = await check({ urls: [`ldaps://${host}:1`] });
    assert.match(
      closed.line('tcp'),
      /^failure: .* can't be reached: nothing listens there; is the domain controller up/,
    );
    assert.deepEqual(closed.whats, ['dns', 'tcp']);
    assert.match((await check()).line('tcp'), /^ok: .* takes connections$/);
  });

  test('an authority that is unknown is named, with what the certificate says, and tls.caFile mends it', async () => {
    const folder = join(dir, 'another');
    await mkdir(folder);
    await makeCertificates(folder, { realm: domain.realm, address: domain.address });
    const caFile = join(folder, 'ca.pem');
    const wrong = await check({ tls: { caFile } });
    const line = `its authority is unknown here; put that in tls.caFile. It is for ${host}, ${domain.address}; signed by "CA of ${host} at ${domain.address}"; valid from`;
    assert.ok(wrong.line('tls').startsWith('failure: ') && wrong.line('tls').includes(line), wrong.line('tls'));
    assert.deepEqual(wrong.whats, way);
    await copyFile(domain.caFile, caFile);
    assert.match((await check({ tls: { caFile } })).line('tls'), /^ok: /);
  });

  test('a file of authorities that is not there, or holds none, and then does', async () => {
    const caFile = join(dir, 'late.pem');
    const missing = await check({ tls: { caFile } });
    assert.match(
      missing.line('tls'),
      /^failure: .*late\.pem can't be read: write the path of the CA's certificate in PEM/,
    );
    assert.deepEqual(missing.whats, way);
    await writeFile(caFile, 'no certificate');
    assert.match(
      (await check({ tls: { caFile } })).line('tls'),
      /^failure: tls\.caFile holds no certificate in PEM form/,
    );
    await copyFile(domain.caFile, caFile);
    assert.match((await check({ tls: { caFile } })).line('tls'), /^ok: /);
  });

  test('a certificate for another name: its names are told, and tls.serverName or such a name mends it', async () => {
    dns.setHost('other.example.test', domain.address);
    const other = { urls: ['ldaps://other.example.test'] };
    const wrong = await check(other);
    assert.match(
      wrong.line('tls'),
      new RegExp(`^failure: .*connect by a name it is for, or set tls\\.serverName\\. It is for ${host}`),
    );
    assert.deepEqual(wrong.whats, way);
    const named = await check({ ...other, tls: { caFile: domain.caFile, serverName: host } });
    assert.deepEqual(named.wrong, []);
    assert.deepEqual((await check()).wrong, []);
  });

  test('a certificate that ends soon, or has ended, and a renewed one', async () => {
    const renewed = await certificateFor({ days: 400 });
    for (const [days, expected] of [
      [20, /^warning: .*which ends in 19 d .*: renew it on the server/],
      [
        -1,
        /^failure: .*\(CERT_HAS_EXPIRED\): it has expired; renew it on the domain controller\. It is for .* until 20/,
      ],
    ] as const) {
      await using proxy = await LdapProxy.start({ ...(await certificateFor({ days })), address: domain.address }, {});
      const tls = { caFile: domain.caFile };
      assert.match((await check({ urls: [proxy.ldapsUrl], tls })).line('tls'), expected);
    }
    await using proxy = await LdapProxy.start({ ...renewed, address: domain.address }, {});
    assert.match((await check({ urls: [proxy.ldapsUrl] })).line('tls'), /^ok: /);
  });

  /** A certificate of the domain's authority that is valid for some days from now. */
  async function certificateFor({ days }: { days: number }) {
    const folder = join(domain.caFile, '..');
    const own = await mkdtemp(join(dir, 'certificate-'));
    const [file, configuration] = [join(own, 'cert.pem'), join(own, 'ca.conf')];
    const [database, policy] = [join(own, 'index.txt'), '[policy]\ncommonName=supplied\n'];
    await writeFile(database, '');
    await writeFile(
      configuration,
      `[ca]\ndefault_ca=own\n[own]\nnew_certs_dir=${own}\ndatabase=${database}\nrand_serial=yes\ndefault_md=sha256\npolicy=policy\n${policy}`,
    );
    const day = (offset: number) => {
      const text = new Date(Date.now() + offset * 86_400_000).toISOString();
      return `${text.replace(/[-T:]/g, '').slice(0, 14)}Z`;
    };
    await run('openssl', [
      ...['ca', '-batch', '-notext', '-config', configuration, '-extfile', join(folder, 'extensions')],
      ...['-cert', join(folder, 'ca.pem'), '-keyfile', join(folder, 'ca.key'), '-in', join(folder, 'dc.csr')],
      ...['-startdate', day(-30), '-enddate', day(days), '-out', file],
    ]);
    return { certificateFile: file, keyFile: domain.keyFile };
  }

  test('an address that is not encrypted, where that is allowed, is warned of, and fine with StartTLS', async () => {
    const urls = [`ldap://${host}`];
    const allowed = await check({ urls, tls: {}, insecure: true });
    assert.match(allowed.line('tls'), /^warning: .* isn't encrypted \(insecure: true\), so the password can be read/);
    const encrypted = await check({ urls, tls: { caFile: domain.caFile, startTls: true } });
    assert.match(encrypted.line('tls'), new RegExp(`^ok: .*certificate is trusted: for ${host}`));
    assert.deepEqual(encrypted.wrong, []);
  });

  test('a server that refuses StartTLS, and ldaps:// instead', async () => {
    await using fake = await FakeDirectory.start(() => ({}));
    const refused = await check({ urls: [fake.url], tls: { caFile: domain.caFile, startTls: true } });
    assert.match(refused.line('tls'), /^failure: .* refuses StartTLS .*see whether ldaps:\/\/ works$/);
    assert.deepEqual(fake.binds, []);
  });
});

describe('the account', () => {
  /** In 100 ns since 1601: the first hour of 2020. */
  const longAgo = '132223104000000000';
  const refused = () => dnOf('refused');
  const settings = (...args: string[]) =>
    run('samba-tool', ['domain', 'passwordsettings', 'set', ...args, '-s', domain.configurationFile]);
  const reasons: [code: string, told: RegExp, act: () => Promise<unknown>, mend: () => Promise<unknown>][] = [
    ['533', /it is disabled; enable it/, () => admin.disable(refused()), () => admin.enable(refused())],
    [
      '701',
      /it has expired; extend it/,
      () => admin.modify(refused(), { accountExpires: longAgo }),
      () => admin.modify(refused(), { accountExpires: '0' }),
    ],
    [
      '773',
      /it must change its password first; clear "User must change password at next logon"/,
      () => admin.modify(refused(), { pwdLastSet: '0' }),
      () => admin.modify(refused(), { pwdLastSet: '-1' }),
    ],
    [
      '530',
      /it isn't allowed to sign in at this time; check its logon hours/,
      () => admin.modify(refused(), { logonHours: '\0'.repeat(21) }),
      () => admin.modify(refused(), { logonHours: null }),
    ],
    [
      '775',
      /it is locked out; unlock it, and look for who uses an old password/,
      async () => {
        await settings('--account-lockout-threshold=2');
        for (const _ of [1, 2]) await check({ bindDn: refused(), bindPassword: 'Wrong-password1' });
      },
      () => run('samba-tool', ['user', 'unlock', 'refused', '-s', domain.configurationFile]),
    ],
  ];
  for (const [code, told, act, mend] of reasons)
    test(`is refused with ${code}, and let in once that is mended`, async () => {
      await act();
      const found = await check({ bindDn: refused() });
      assert.match(found.line('bind'), told);
      assert.match(found.line('bind'), new RegExp(`^failure: .*\\(data ${code}\\)$`));
      assert.deepEqual(found.whats, [...way, 'bind']);
      await mend();
      assert.match((await check({ bindDn: refused() })).line('bind'), /^ok: /);
    });

  for (const wrong of [{ bindPassword: 'Wrong-password1' }, { bindDn: 'CN=nobody,DC=example,DC=test' }])
    test(`${Object.keys(wrong)} is wrong, and then right`, async () => {
      const found = await check(wrong);
      assert.match(
        found.line('bind'),
        /^failure: .*the name or the password is wrong; check bindDn and bindPassword \(data 52e\)$/,
      );
      assert.deepEqual(found.whats, [...way, 'bind']);
      assert.match((await check()).line('bind'), /^ok: /);
    });

  // Samba says 52e of somebody whom it doesn't know, lets in from everywhere, and no password of it gets old within a day: these are Windows' words, by way of a proxy.
  for (const [code, told] of [
    ['525', /there is no such account; check bindDn/],
    ['531', /it isn't allowed to sign in from here; check its logon workstations/],
    ['532', /its password has expired; set a new one, and let it never expire/],
  ] as const)
    test(`is refused with ${code}, as Windows says it`, async () => {
      const errorMessage = `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data ${code}, v3839`;
      const refuse = ({ operation }: { operation: number }) =>
        operation === 0x60 ? { status: 49, errorMessage } : null;
      const found = await checkBehind({ refuse });
      assert.match(found.line('bind'), told);
      assert.deepEqual(found.whats, ['tcp', 'tls', 'bind']);
      assert.match((await checkBehind({})).line('bind'), /^ok: /);
    });
});

describe('what the account may', () => {
  test('deletions: the lines of dsacls name account, object and right, and doing what they say mends it', async () => {
    const blind = { bindDn: dnOf('svc-blind') };
    const before = await check(blind);
    const line = before.line('deletions');
    const object = `"CN=Deleted Objects,${domain.baseDn}"`;
    assert.ok(
      line.endsWith(`run: dsacls ${object} /takeownership, then dsacls ${object} /G "EXAMPLE\\svc-blind:LCRP"`),
      line,
    );
    assert.deepEqual(before.wrong, ['failure deletions'], 'nothing else depends on it');
    await obeyDsacls(domain, line);
    assert.deepEqual((await check(blind)).wrong, []);
  });

  /** A server that doesn't heed LDAP_DIRSYNC_OBJECT_SECURITY, and so wants the right to replicate. */
  const needsRight: Limits = {
    ask: (request) => {
      const { value } = controlOf(request, controlOid.dirSync) ?? {};
      if (!value) return request;
      const { numbers, cookie } = sequenceIn(value);
      return withControl(request, controlOid.dirSync, sequence((numbers[0] ?? 0) & ~1, numbers[1] ?? 0, cookie));
    },
  };

  test('changes: the line of dsacls names account, object and right, and doing what it says mends it', async () => {
    const before = await checkBehind(needsRight);
    const line = before.line('dirsync');
    const dsacls = `dsacls "${domain.baseDn}" /G "EXAMPLE\\svc:CA;Replicating Directory Changes"`;
    assert.ok(line.startsWith('failure: ') && line.endsWith(dsacls), line);
    assert.deepEqual(before.wrong, ['failure dirsync']);
    assert.match((await check()).line('dirsync'), /^ok: /, 'a server that does needs no such right');
    await obeyDsacls(domain, line);
    assert.deepEqual((await checkBehind(needsRight)).wrong, []);
  });

  test('notifications that the server refuses are a warning with the reason, and fine once its policy allows them', async () => {
    const none = await checkBehind({ maxNotificationPerConn: 0 });
    assert.match(
      none.line('notifications'),
      /^warning: .*look at its LDAP policies; until then changes are found within a minute/,
    );
    assert.deepEqual(none.wrong, ['warning notifications']);
    assert.deepEqual((await checkBehind({ maxNotificationPerConn: 5 })).wrong, []);
  });

  test('a clock that goes five minutes ahead is a warning, and one that agrees is fine', async () => {
    const ahead: Limits = {
      answer: (request, answer) =>
        baseOf(request) === '' ? { ...answer, entries: answer.entries.map(later) } : answer,
    };
    const found = await checkBehind(ahead);
    assert.match(found.line('clock'), /^warning: its clock and the one here are \d min \d+ s apart: keep both in step/);
    assert.deepEqual(found.wrong, ['warning clock']);
    assert.match((await checkBehind({})).line('clock'), /^ok: /);
  });

  /** The root entry of a server whose clock is five minutes ahead. */
  const later = ({ dn, attributes }: Entry): Entry => {
    const time = new Date(Date.now() + 300_000).toISOString().replace(/[-T:]/g, '').slice(0, 14);
    const changed = attributes.map(([type, values]) =>
      type === 'currentTime' ? ([type, [Buffer.from(`${time}.0Z`)]] as const) : ([type, values] as const),
    );
    return { dn, attributes: changed };
  };

  test('a server without the controls is no domain controller: nothing is tried that it can not do', async () => {
    await using fake = await FakeDirectory.start(({ base }) =>
      base === 'CN=NTDS Settings'
        ? { entries: [{ dn: base, attributes: { invocationId: [Buffer.alloc(16, 1)] } }] }
        : { status: 32 },
    );
    const other = await check({ urls: [fake.url], insecure: true, tls: {}, userBases: undefined });
    assert.match(other.line('controls'), /^failure: .*name a domain controller of Active Directory$/);
    assert.deepEqual(other.whats, ['tcp', 'tls', 'bind', 'controls', 'limits']);
    assert.match((await check()).line('controls'), /^ok: /);
  });
});

describe('where people are', () => {
  test('a base that is not there, and then is', async () => {
    const userBases = [staff(), `OU=Missing,${domain.baseDn}`];
    const missing = await check({ userBases });
    assert.match(missing.lines('base')[1] ?? '', /^failure: userBases: .* knows no OU=Missing,.*; check the DN$/);
    assert.deepEqual(missing.wrong, ['failure base']);
    await admin.createOu({ name: 'Missing' });
    assert.deepEqual((await check({ userBases })).wrong, []);
  });

  test('a group whose members sign in that is not there, and then is', async () => {
    const group = `CN=Admins,OU=Groups,${domain.baseDn}`;
    const look = () => check({}, {}, [['console.signIn.administrators', group]]);
    const missing = await look();
    assert.match(
      missing.line('sign-in-group'),
      /^failure: console\.signIn\.administrators: .* knows no CN=Admins,.*; check the DN$/,
    );
    assert.deepEqual(missing.wrong, ['failure sign-in-group']);
    await admin.createGroup({ name: 'Admins', ou: `OU=Groups,${domain.baseDn}` });
    assert.match((await look()).line('sign-in-group'), /^ok: console\.signIn\.administrators: CN=Admins,.* is there$/);
  });

  test('nobody in scope, a filter without a group, and people through nested groups once it is there', async () => {
    const groupFilter = ['LastPassUsers'];
    const none = await check({}, { groupFilter });
    assert.match(
      none.line('group-filter'),
      /^warning: policy\.groupFilter: there is no group LastPassUsers, .*check its name/,
    );
    assert.match(none.line('people'), /^warning: nobody is in scope .*check userBases, policy\.groupFilter/);
    assert.ok(!none.whats.includes('mails'));
    const ou = `OU=Groups,${domain.baseDn}`;
    await admin.createGroup({ name: 'Nested', ou, members: [`CN=ann,${staff()}`] });
    await admin.createGroup({ name: 'LastPassUsers', ou, members: [`CN=Nested,${ou}`] });
    await admin.addMember(`CN=Nested,${ou}`, `CN=LastPassUsers,${ou}`); // a circle
    const found = await check({}, { groupFilter });
    assert.deepEqual(found.wrong, []);
    assert.match(found.line('people'), /^ok: 1 person is in scope \(counted in the directory itself\)$/);
    const excluded = await check({}, { groupFilter, excludeGroups: ['Nested'] });
    assert.match(excluded.line('people'), /^warning: nobody/);
  });

  test('missing and shared mails are counted, nobody is named, and they are fine once mended', async () => {
    await admin.createUser({ name: 'nomail', ou: staff() });
    await admin.createUser({ name: 'odd', ou: staff(), mail: 'no address' });
    await admin.createUser({ name: 'twin', ou: staff(), mail: 'Shared@example.test' });
    await admin.createUser({ name: 'elsewhere', ou: `CN=Users,${domain.baseDn}`, mail: 'shared@EXAMPLE.test' });
    await admin.createUser({ name: 'off', ou: staff(), disabled: true });
    const wrong = await check();
    assert.match(wrong.line('people'), /^ok: 5 people are in scope, 1 of them disabled or expired/);
    assert.match(
      wrong.line('mails'),
      /^warning: in scope there are 2 without a valid mail, and 1 with a mail that somebody else holds, too/,
    );
    assert.match(wrong.line('mails'), /"connector aside" names them/);
    assert.doesNotMatch(JSON.stringify(wrong.findings), /nomail|twin|shared@/i);
    for (const name of ['nomail', 'odd', 'twin'])
      await admin.modify(`CN=${name},${staff()}`, { mail: `${name}@example.test` });
    assert.match((await check()).line('mails'), /^ok: /);
  });
});
