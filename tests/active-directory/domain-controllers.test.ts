/** Which domain controller is asked: the list and DNS, and what makes us go on to the next one. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import type { DirectoryOptions } from '@connector/active-directory/directory-options.ts';
import { DirectoryError, type DirectoryErrorCode } from '@connector/active-directory/errors.ts';
import { DnsServer } from '../support/dns-server.ts';
import { FakeDirectory, type FakeManners } from '../support/fake-directory.ts';
import { SambaDomain } from '../support/samba-domain.ts';

const nobody = 'ldap://127.255.255.254';
const wrongPassword = '80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 52e, v3839';
const account = { bindDn: 'CN=svc', bindPassword: 'secret', insecure: true, timeoutMs: 1_500, connectTimeoutMs: 5_000 };

/** Connects; gives the address that did, and why the others didn't. */
async function connected(options: DirectoryOptions) {
  const passedOver: DirectoryError[] = [];
  await using directory = await connectDirectory({ ...options, onMoveOn: (failure) => passedOver.push(failure) });
  return { url: directory.url, isFirstChoice: directory.isFirstChoice, passedOver };
}

const failsWith = (code: DirectoryErrorCode, told: RegExp) => (error: unknown) => {
  assert.ok(error instanceof DirectoryError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, told);
  return true;
};

describe('of several domain controllers', () => {
  const unfit: readonly [string, FakeManners, DirectoryErrorCode][] = [
    ['is busy', { bind: { status: 51, errorMessage: 'try later' } }, 'read-failed'],
    ['is unavailable', { bind: { status: 52 } }, 'read-failed'],
    ["doesn't answer to the sign-in", { bind: 'silence' }, 'no-answer'],
  ];
  for (const [what, manners, code] of unfit) {
    it(`one that ${what} is passed over, with the reason`, async () => {
      await using first = await FakeDirectory.start(() => ({}), manners);
      await using second = await FakeDirectory.start(() => ({}));
      const { url, isFirstChoice, passedOver } = await connected({ ...account, urls: [first.url, second.url] });
      assert.equal(url, second.url);
      assert.equal(isFirstChoice, false);
      assert.deepEqual(
        passedOver.map((failure) => [failure.code, failure.message.includes(first.url)]),
        [[code, true]],
      );
    });
  }

  it('one that is down is passed over', async () => {
    await using second = await FakeDirectory.start(() => ({}));
    const { url, passedOver } = await connected({ ...account, urls: [nobody, second.url] });
    assert.equal(url, second.url);
    assert.equal(passedOver[0]?.code, 'unreachable');
  });

  it('one that refuses the password is the last that hears it: each try counts towards a lock-out', async () => {
    const refusing: FakeManners = { bind: { status: 49, errorMessage: wrongPassword } };
    await using first = await FakeDirectory.start(() => ({}), refusing);
    await using second = await FakeDirectory.start(() => ({}), refusing);
    await assert.rejects(
      connected({ ...account, urls: [nobody, first.url, second.url] }),
      failsWith('bind-refused', /the name or the password is wrong; check bindDn and bindPassword \(data 52e\)/),
    );
    assert.equal(first.binds.length, 1);
    assert.deepEqual(second.binds, []);
  });

  it('the preferred one comes first and the avoided one last, where they are of them', async () => {
    await using one = await FakeDirectory.start(() => ({}));
    await using two = await FakeDirectory.start(() => ({}));
    await using three = await FakeDirectory.start(() => ({}));
    const urls = [one.url, two.url];
    const connect = async (more: Partial<DirectoryOptions>) => {
      const { url, isFirstChoice } = await connected({ ...account, urls, ...more });
      return [url, isFirstChoice];
    };
    assert.deepEqual(await connect({}), [one.url, true]);
    assert.deepEqual(await connect({ preferred: two.url }), [two.url, false]);
    assert.deepEqual(await connect({ avoided: one.url }), [two.url, false]);
    assert.deepEqual(await connect({ preferred: one.url, avoided: one.url }), [two.url, false]);
    assert.deepEqual(await connect({ preferred: three.url }), [one.url, true]);
    assert.deepEqual(three.binds, []);
  });

  it('none will do: all are told with their reasons', async () => {
    await using busy = await FakeDirectory.start(() => ({}), { bind: { status: 51 } });
    await assert.rejects(
      connected({ ...account, urls: [nobody, busy.url] }),
      failsWith('read-failed', /no domain controller will do: .*nothing listens there.* · .*LDAP 51 busy/),
    );
  });
});

describe('found through DNS', () => {
  const domain = 'corp.example.test';
  const dcs = `_ldap._tcp.dc._msdcs.${domain}`;
  const anyLdap = `_ldap._tcp.${domain}`;
  const password = 'Secret123!svc';
  let samba: SambaDomain;
  let dns: DnsServer;
  let options: DirectoryOptions;

  before(async () => {
    samba = await SambaDomain.create({ dir: await mkdtemp(join(tmpdir(), 'samba-')) });
    const { dn } = await samba.createServiceAccount({ name: 'svc', password });
    const tls = { ca: await readFile(samba.caFile, 'utf8') };
    options = { domain, bindDn: dn, bindPassword: password, tls };
  });
  after(async () => await samba?.[Symbol.asyncDispose]());

  /** Runs with a name server of its own that knows the hosts. */
  async function withDns(act: (options: DirectoryOptions, dns: DnsServer) => Promise<void>): Promise<void> {
    await using server = await DnsServer.start();
    dns = server;
    dns.setHost('dc1.example.test', samba.address);
    dns.setHost('down.example.test', '127.255.255.254');
    await act({ ...options, dnsServers: [dns.address] }, dns);
  }

  it('a controller is asked over LDAPS, at 636 and by the name that DNS gave', async () => {
    await withDns(async (found) => {
      dns.setServices(dcs, [{ target: 'dc1.example.test', port: 389 }]);
      const { url, isFirstChoice } = await connected(found);
      assert.deepEqual([url, isFirstChoice], ['ldaps://dc1.example.test:636', true]);
      assert.equal(dns.asked[0], dcs);
      assert.ok(!dns.asked.includes(anyLdap));
    });
  });

  it('StartTLS uses the port that DNS gave', async () => {
    await withDns(async (found) => {
      dns.setServices(dcs, [{ target: 'dc1.example.test', port: 389 }]);
      const { url } = await connected({ ...found, tls: { ...found.tls, startTls: true } });
      assert.equal(url, 'ldap://dc1.example.test:389');
    });
  });

  it('the lower priority comes first, the other one where that is down; it is the second choice then', async () => {
    await withDns(async (found) => {
      dns.setServices(dcs, [
        { target: 'dc1.example.test', priority: 10 },
        { target: 'down.example.test', priority: 0 },
      ]);
      const { url, isFirstChoice, passedOver } = await connected(found);
      assert.deepEqual([url, isFirstChoice], ['ldaps://dc1.example.test:636', false]);
      assert.match(passedOver[0]?.message ?? '', /ldaps:\/\/down\.example\.test:636 can't be reached/);
    });
  });

  it('without records for controllers, those for LDAP servers of the domain are taken', async () => {
    await withDns(async (found) => {
      dns.setServices(anyLdap, [{ target: 'dc1.example.test' }]);
      await connected(found);
      assert.deepEqual(dns.asked.slice(0, 2), [dcs, anyLdap]);
    });
  });

  it('DNS is asked anew at each connection', async () => {
    await withDns(async (found) => {
      dns.setServices(dcs, [{ target: 'down.example.test' }]);
      await assert.rejects(connected(found), failsWith('unreachable', /down\.example\.test:636/));
      dns.setServices(dcs, [{ target: 'dc1.example.test' }]);
      await connected(found);
    });
  });

  it("a certificate for another name than DNS gave isn't taken", async () => {
    await withDns(async (found) => {
      dns.setHost('evil.example.test', samba.address);
      dns.setServices(dcs, [{ target: 'evil.example.test' }]);
      await assert.rejects(connected(found), failsWith('certificate-name-mismatch', /evil\.example\.test/));
      await connected({ ...found, tls: { ...found.tls, serverName: 'dc1.example.test' } });
    });
  });

  it('a domain that DNS knows nothing of is told with both names that were asked for', async () => {
    await withDns(async (found) => {
      const told = new RegExp(
        `name servers ${dns.address} know no domain controllers of ${domain}: .*${dcs} nor ${anyLdap}; check domain, .*dnsServers, or write urls`,
      );
      await assert.rejects(connected(found), failsWith('dns-failed', told));
      dns.setServices(dcs, [{ target: '.' }]); // RFC 2782: there decidedly is none
      await assert.rejects(connected(found), failsWith('dns-failed', told));
    });
  });

  it('a controller whose own name DNS knows nothing of is told', async () => {
    await withDns(async (found) => {
      dns.setServices(dcs, [{ target: 'forgotten.example.test' }]);
      const told = new RegExp(`name servers ${dns.address} know no address of forgotten\\.example\\.test; check`);
      await assert.rejects(connected(found), failsWith('dns-failed', told));
    });
  });

  for (const [failure, reason] of [
    ['serverFailure', /they have failed at it \(ESERVFAIL\)/],
    ['refused', /they refuse to tell \(EREFUSED\)/],
    ['silence', /they don't answer \(ETIMEOUT\)/],
  ] as const) {
    it(`name servers that answer with ${failure} are told, with the remedy`, async () => {
      await withDns(async (found) => {
        dns.failure = failure;
        await assert.rejects(connected(found), (error) => {
          failsWith('dns-failed', new RegExp(`name servers ${dns.address} can't be asked for ${dcs}: `))(error);
          return failsWith('dns-failed', reason)(error) && failsWith('dns-failed', /check dnsServers, network/)(error);
        });
      });
    });
  }

  it('a name server that nobody is at is told', async () => {
    const gone = await DnsServer.start();
    await gone[Symbol.asyncDispose]();
    const found = { ...options, dnsServers: [gone.address] };
    await assert.rejects(connected(found), failsWith('dns-failed', /nothing listens there \(ECONNREFUSED\)/));
  });

  it('is given up when it is told to', async () => {
    await withDns(async (found) => {
      dns.failure = 'silence';
      const stop = new AbortController();
      const connecting = connectDirectory(found, stop.signal);
      stop.abort(new Error('enough'));
      await assert.rejects(connecting, /enough/);
    });
  });
});
