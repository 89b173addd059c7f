/** Name servers that know a host by one family of addresses, and fail at the other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryError } from '@connector/active-directory/errors.ts';
import { addressesOfHost } from '@connector/active-directory/name-servers.ts';
import { DnsServer } from '../support/dns-server.ts';

const host = 'dc1.example.test';
const known = [{ address: '10.0.0.1', family: 4 }];

describe('a host is found by its IPv4 address', () => {
  for (const failure of ['serverFailure', 'refused', 'silence'] as const) {
    it(`where the question for another is answered with ${failure}`, async () => {
      await using dns = await DnsServer.start();
      dns.setHost(host, '10.0.0.1');
      dns.failureOfSix = failure;
      const beganAtMs = performance.now();
      assert.deepEqual(await addressesOfHost(host, [dns.address]), known);
      assert.ok(performance.now() - beganAtMs < 1_900, 'it waited for an answer that never comes');
    });
  }
});

it('a failure is told where nothing is known by the other family', async () => {
  await using dns = await DnsServer.start();
  dns.setServices(host, [{ target: 'x' }]); // so that there is the name
  dns.failureOfSix = 'serverFailure';
  const isTold = (error: unknown) => error instanceof DirectoryError && /they have failed at it/.test(error.message);
  await assert.rejects(addressesOfHost(host, [dns.address]), isTold);
  dns.failureOfSix = null;
  await assert.rejects(addressesOfHost(host, [dns.address]), /know no address of dc1\.example\.test/);
});
