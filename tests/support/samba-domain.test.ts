import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDirectory } from '@connector/active-directory/connection.ts';
import { DirectoryAdmin } from './directory-admin.ts';
import { isFree } from './samba/address.ts';
import { SambaDomain } from './samba-domain.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'samba-'));

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = Date.now() + 10_000; !(await condition()); await sleep(20)) {
    assert.ok(Date.now() < giveUpAt, 'waited 10 s in vain');
  }
}

describe('SambaDomain', () => {
  it('runs several at once, and leaves nothing behind', async () => {
    const dirs = [await newFolder(), await newFolder()];
    const addresses: string[] = [];
    {
      await using one = await SambaDomain.create({ dir: dirs[0] ?? '' });
      await using two = await SambaDomain.create({ dir: dirs[1] ?? '', realm: one.realm });
      addresses.push(one.address, two.address);
      await using adminOfOne = new DirectoryAdmin(one);
      await using adminOfTwo = new DirectoryAdmin(two);
      await adminOfOne.createOu({ name: 'Only in one' });
      await assert.rejects(adminOfTwo.guidOf(`OU=Only in one,${two.baseDn}`), /NoSuchObject|Code: 0x20/);
    }
    assert.equal(new Set(addresses).size, 2);
    for (const address of addresses) assert.ok(await isFree(address));
    for (const dir of dirs) await assert.rejects(access(dir), { code: 'ENOENT' });
  });

  it('keeps what it holds when it is stopped, and when it is killed', async () => {
    await using domain = await SambaDomain.create({ dir: await newFolder() });
    await using admin = new DirectoryAdmin(domain);
    const guid = await admin.createOu({ name: 'Kept' });
    for (const end of [() => domain.stop(), () => domain.kill()]) {
      await end();
      assert.ok(await isFree(domain.address));
      await domain.start();
      assert.equal(await admin.dnOf(guid), `OU=Kept,${domain.baseDn}`);
    }
  });

  it('makes a second domain controller that knows what the first knew, and then goes its own way', async () => {
    await using first = await SambaDomain.create({ dir: await newFolder() });
    await using adminOfFirst = new DirectoryAdmin(first);
    const guid = await adminOfFirst.createOu({ name: 'Before' });
    await using own = await first.copy({ dir: await newFolder(), database: 'own' });
    await using same = await first.copy({ dir: await newFolder(), database: 'same' });
    const databases = new Map<SambaDomain, string>();
    for (const domain of [own, same]) await domain.start();
    for (const domain of [first, own, same]) {
      const tls = { ca: await readFile(domain.caFile, 'utf8') };
      const { adminDn: bindDn, adminPassword: bindPassword } = domain;
      await using directory = await connectDirectory({ urls: [domain.ldapsUrl], bindDn, bindPassword, tls });
      databases.set(domain, (await directory.domainController()).invocationId);
      assert.equal(await directory.resolveGuid(`OU=Before,${domain.baseDn}`), guid);
    }
    assert.equal(databases.get(first), databases.get(same));
    assert.notEqual(databases.get(first), databases.get(own));
    await using anew = new DirectoryAdmin(first);
    await anew.createOu({ name: 'After' });
    await using adminOfOwn = new DirectoryAdmin(own);
    await assert.rejects(adminOfOwn.guidOf(`OU=After,${own.baseDn}`), /NoSuchObject|Code: 0x20/);
  });

  it("doesn't take another domain's address", async () => {
    await using domain = await SambaDomain.create({ dir: await newFolder() });
    const dir = await newFolder();
    await assert.rejects(SambaDomain.create({ dir, address: domain.address }), /something else listens/);
    await assert.rejects(access(dir), { code: 'ENOENT' });
  });

  it("shows the end of Samba's log when it can't start", async () => {
    await using domain = await SambaDomain.create({ dir: await newFolder() });
    await domain.stop();
    await appendFile(domain.configurationFile, '[global]\n  server role = standalone server\n');
    await assert.rejects(domain.start(), /Samba at 127\.[\d.]+ ended .*; its log ends:\n.*\w/s);
  });

  it('ends with the process that started it, however that ends', async () => {
    const dir = await newFolder();
    const program = `
      import { SambaDomain } from ${JSON.stringify(import.meta.resolve('./samba-domain.ts'))};
      const domain = await SambaDomain.create({ dir: ${JSON.stringify(dir)} });
      console.log(domain.address);
      setInterval(() => undefined, 1_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [address] = (await once(child.stdout, 'data')).map((data) => String(data).trim());
    assert.ok(address !== undefined && !(await isFree(address)));
    child.kill('SIGKILL');
    try {
      await until(() => isFree(address));
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
