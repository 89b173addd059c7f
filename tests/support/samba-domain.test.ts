import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
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
