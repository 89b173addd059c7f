import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryAdmin } from '../support/directory-admin.ts';
import { SambaDomain } from '../support/samba-domain.ts';
import { waitUntil } from '../support/wait-until.ts';
import { crashAtEveryEffect, effectsOf, endingOf } from './crash-at-every-effect.ts';
import { type Run, Servers } from './pipeline.ts';
import { tenant } from './scenario.ts';

/** Waits until everything in the directory up to now has arrived at LastPass. */
async function arrival(run: Run, admin: DirectoryAdmin, ou: string): Promise<void> {
  const marker = await admin.createOu({ name: `Marker${Math.random().toString(36).slice(2)}`, above: ou });
  await waitUntil('the marker in the mirror', () => run.isMirrored(marker), { withinMs: 30_000 });
  await run.quiet();
}

test('a watcher killed before or after any of its effects misses nothing', async (t) => {
  await using stack = new AsyncDisposableStack();
  const servers = stack.use(await Servers.create());
  const domain = stack.use(await SambaDomain.create({ dir: join(servers.dir, 'domain') }));
  const admin = stack.use(new DirectoryAdmin(domain));
  const account = await domain.createServiceAccount({ name: 'svc-lastpass', password: 'Secret123!svc' });

  /** What there is before the watcher starts, in an OU of its own. */
  const populate = async () => {
    const name = `Run${Math.random().toString(36).slice(2)}`;
    await admin.createOu({ name });
    const ou = `OU=${name},${domain.baseDn}`;
    await admin.createOu({ name: 'People', above: ou });
    const people = `OU=People,${ou}`;
    const hire = (who: string) =>
      admin.createUser({ name: `${name}-${who}`, ou: people, mail: `${who}@company.test`, displayName: `Mx ${who}` });
    const dnOf = (who: string) => `CN=${name}-${who},${people}`;
    const [ann, bob, dan] = [await hire('ann'), await hire('bob'), await hire('dan')];
    await hire('fay');
    const staff = await admin.createGroup({ name: `Staff`, ou, members: [dnOf('ann'), dnOf('fay')] });
    return { ou, people, hire, ann, bob, dan, staff };
  };

  const play = async (crashAt: string) => {
    const { ou, people, hire, ann, bob, dan, staff } = await populate();
    await using run = await servers.run({
      tenant,
      policy: { memberships: 'all' },
      directory: {
        urls: [domain.ldapsUrl],
        bindDn: account.dn,
        bindPassword: account.password,
        tls: { caFile: domain.caFile },
        userBases: [ou],
        groupBases: [ou],
      },
    });
    const watcher = run.process('watcher', { crashAt });
    let over = false;
    const restarted = watcher.ended.then(async () => {
      if (over) return;
      await run.leaseExpires();
      await run.inside('watcher');
    });
    await Promise.all([run.inside('reconciler'), run.inside('pusher')]);
    await run.quiet();

    const hal = await hire('hal');
    await admin.modify(ann, { displayName: 'Ann the Renamed' });
    await admin.addMember(staff, bob);
    await admin.rename(people, 'Persons');
    await admin.disable(bob);
    await arrival(run, admin, ou);
    await admin.enable(bob);
    await admin.removeMember(staff, ann);
    await admin.delete(dan);
    await arrival(run, admin, ou);
    over = true;
    const crashed = !watcher.running;
    if (crashed) await restarted;
    const names = { ann, bob, dan, hal };
    const ending = Object.entries(names).reduce(
      (text, [name, guid]) => text.replaceAll(guid, `the objectGUID of ${name}`),
      JSON.stringify(await endingOf(run)),
    );
    await admin.deleteTree(ou);
    return { ending: JSON.parse(ending), effects: effectsOf(watcher), crashed };
  };
  const { points, crashes } = await crashAtEveryEffect({ play });
  t.diagnostic(`${crashes} crashes at ${points} points`);
  assert.ok(crashes > points / 2, `only ${crashes} of ${points} crashes happened`);
});
