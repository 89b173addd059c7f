/** Whatever happens in the directory, and however small the pieces in which the domain controller tells of it. */
import { test } from 'node:test';
import { LdapProxy } from '../support/ldap/ldap-proxy.ts';
import type { Limits } from '../support/ldap/limits.ts';
import { isSearch, resultCode, tooBusy } from '../support/ldap/refusals.ts';
import { chosenSeed, Random } from './random.ts';
import { RandomOperations } from './random-operations.ts';
import { assertAllIsWell, runRandomOperations } from './random-run.ts';
import { World } from './world.ts';

const seed = chosenSeed();

test(`random operations told in the smallest pieces, by a server that is busy now and then, while connections break: LastPass is what the oracle says (SEED=${seed})`, async (context) => {
  let asked = 0;
  const limits: Limits = {
    maxPageSize: 7,
    maxValRange: 4,
    dirSyncPage: { entries: 1, values: 1 },
    refuse: (request) => (isSearch(request) && ++asked % 5 === 0 ? tooBusy(resultCode.busy) : null),
  };
  const started = Promise.withResolvers<LdapProxy>();
  const front = async (domain: Parameters<typeof LdapProxy.start>[0]) => {
    const proxy = await LdapProxy.start(domain, limits);
    started.resolve(proxy);
    return proxy;
  };
  await using world = await World.create({ memberships: 'all', front });
  const proxy = await started.promise;
  await world.start();
  const random = new Random(seed);
  const operations = new RandomOperations(world.oracle, random);
  for (let round = 0; round < 5; round++) {
    await runRandomOperations({ world, operations, count: 40 });
    if (round % 2 === 0) proxy.breakConnections();
    else proxy.giveNotice();
    if (round === 2) await world.stack.readDirectoryAgain();
    await assertAllIsWell(world, context, random);
  }
});
