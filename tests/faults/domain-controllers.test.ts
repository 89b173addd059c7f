/** What a watcher does about domain controllers that won't do, and about an account that is refused. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DnsServer } from '../support/dns-server.ts';
import { FakeDirectory } from '../support/fake-directory.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { waitUntil } from '../support/wait-until.ts';
import { Servers } from './pipeline.ts';
import { errorsOf, notReady, recovered } from './service-report.ts';

const wrongPassword = '80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 52e, v3839';

describe('domain controllers', { concurrency: true }, () => {
  test('that refuse the password: one of them is asked, by one watcher for all, and again only after a pause', async () => {
    await using servers = await Servers.create();
    const refusing = { bind: { status: 49, errorMessage: wrongPassword } };
    await using first = await FakeDirectory.start(() => ({}), refusing);
    await using second = await FakeDirectory.start(() => ({}), refusing);
    const directory = {
      urls: [first.url, second.url],
      bindDn: 'CN=svc',
      bindPassword: 'Wrong-secret1',
      insecure: true,
    };
    await using run = await servers.run({ directory });
    const watchers = [run.process('watcher'), run.process('watcher'), run.process('watcher')];
    await waitUntil('a try', () => first.binds.length === 1, { withinMs: 45_000 });
    await sleep(8_000); // time in which nothing may happen
    assert.equal(first.binds.length, 1);
    await waitUntil('another try', () => first.binds.length === 2);
    await sleep(8_000); // time in which nothing may happen
    assert.equal(first.binds.length, 2);
    assert.deepEqual(second.binds, []);
    const told = watchers.flatMap(errorsOf);
    assert.ok(told.length >= 1 && told.length <= 2, told.join('\n'));
    for (const line of told)
      assert.match(line, /refuses the account CN=svc: the name or the password is wrong.*ever more seldom.*restart/);
  });

  test('of which the first signs everybody in and answers nothing: it is told why, and the next one is read', async () => {
    await using servers = await Servers.create();
    await using domain = await SambaDomain.create({ dir: join(servers.dir, 'domain') });
    const { dn: bindDn, password: bindPassword } = await domain.createServiceAccount({
      name: 'svc',
      password: 'Secret123!svc',
    });
    await using busy = await FakeDirectory.start(() => ({ status: 51, errorMessage: 'too much to do' }));
    const urls = [busy.url, domain.ldapUrl];
    await using run = await servers.run({ directory: { urls, bindDn, bindPassword, insecure: true } });
    const watcher = run.process('watcher');
    await waitUntil('the second to be read', () => watcher.output.includes(`corp is read from ${domain.ldapUrl}`), {
      withinMs: 45_000,
    });
    await recovered(watcher);
    assert.match(errorsOf(watcher).join('\n'), /LDAP 51 busy: too much to do/);
    assert.ok(busy.binds.length <= 8, `${busy.binds.length} sign-ins at the first`);
  });

  test('of which the first is down: it is told with its reason, and the next one is read at once', async () => {
    await using servers = await Servers.create();
    await using domain = await SambaDomain.create({ dir: join(servers.dir, 'domain') });
    const { dn: bindDn, password: bindPassword } = await domain.createServiceAccount({
      name: 'svc',
      password: 'Secret123!svc',
    });
    const urls = ['ldaps://127.255.255.254', domain.ldapsUrl];
    await using run = await servers.run({ directory: { urls, bindDn, bindPassword, tls: { caFile: domain.caFile } } });
    const watcher = run.process('watcher');
    await recovered(watcher);
    assert.deepEqual(errorsOf(watcher), []);
    assert.match(
      watcher.output,
      /ldaps:\/\/127\.255\.255\.254 can't be reached: nothing listens there.*; the next domain controller is tried/,
    );
  });

  test('that DNS knows none of: it is told what was asked for, and read once it does', async () => {
    await using servers = await Servers.create();
    await using domain = await SambaDomain.create({ dir: join(servers.dir, 'domain') });
    const { dn: bindDn, password: bindPassword } = await domain.createServiceAccount({
      name: 'svc',
      password: 'Secret123!svc',
    });
    await using dns = await DnsServer.start();
    const tls = { caFile: domain.caFile };
    const directory = { urls: undefined, domain: 'example.test', dnsServers: [dns.address], bindDn, bindPassword, tls };
    await using run = await servers.run({ directory });
    const watcher = run.process('watcher');
    await notReady(
      watcher,
      /know no domain controllers of example\.test: .*_ldap\._tcp\.dc\._msdcs\.example\.test nor/,
    );
    dns.setHost('dc1.example.test', domain.address);
    dns.setServices('_ldap._tcp.dc._msdcs.example.test', [{ target: 'dc1.example.test' }]);
    await recovered(watcher);
    assert.match(watcher.output, /corp is read from ldaps:\/\/dc1\.example\.test:636/);
  });
});
