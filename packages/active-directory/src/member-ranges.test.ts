import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryError } from './errors.ts';
import type { LdapEntry } from './ldap-entry.ts';
import { type ReadAgain, withWholeRanges } from './member-ranges.ts';

/** Gives values as Windows does: at most `size` of them at a time, as a range with its bounds. */
class RangedGroup {
  members: string[];
  version = 1;
  reads = 0;
  readonly #size: number;

  constructor(count: number, size: number) {
    this.members = Array.from({ length: count }, (_, index) => `m${index}`);
    this.#size = size;
  }

  entryFrom(low: number): LdapEntry {
    const part = this.members.slice(low, low + this.#size);
    const last = low + part.length >= this.members.length;
    const name = `member;range=${low}-${last ? '*' : low + part.length - 1}`;
    const values = new Map<string, Buffer[]>([
      ['usnchanged', [Buffer.from(String(this.version))]],
      ['cn', [Buffer.from('G')]],
      ['member', []],
    ]);
    if (last && low === 0) values.set('member', part.map(Buffer.from));
    else values.set(name, part.map(Buffer.from));
    return { dn: 'CN=G', values };
  }

  readAgain: ReadAgain = async ([attribute]) => {
    this.reads++;
    return this.entryFrom(Number(/^member;range=(\d+)-\*$/.exec(attribute ?? '')?.[1]));
  };
}

const membersOf = (entry: LdapEntry | null) => entry?.values.get('member')?.map(String);

describe('withWholeRanges', () => {
  for (const [count, reads] of [
    [0, 0],
    [1499, 0],
    [1500, 0],
    [1501, 1],
    [2999, 1],
    [3000, 2],
    [4000, 2],
  ] as const) {
    it(`gathers ${count} members in ${reads} more reads`, async () => {
      const group = new RangedGroup(count, 1500);
      const whole = await withWholeRanges(group.entryFrom(0), group.readAgain);
      assert.deepEqual(membersOf(whole), group.members);
      assert.equal(group.reads, reads);
      assert.equal(String(whole?.values.get('cn')?.[0]), 'G');
    });
  }

  it('begins anew when the group changes between two ranges, so that no member is lost', async () => {
    const group = new RangedGroup(3500, 1500);
    const first = group.entryFrom(0);
    const whole = await withWholeRanges(first, async (attributes) => {
      if (group.reads === 0) {
        group.members.shift();
        group.version++;
      }
      return await group.readAgain(attributes);
    });
    assert.deepEqual(membersOf(whole), group.members);
  });

  for (const [where, index] of [
    ['at the beginning of the part that is held', 0],
    ['at its end', 1499],
  ] as const) {
    it(`begins anew when a member ${where} is deleted, of which uSNChanged tells nothing`, async () => {
      const group = new RangedGroup(4000, 1500);
      const whole = await withWholeRanges(group.entryFrom(0), async (attributes) => {
        if (group.reads === 0) group.members.splice(index, 1);
        return await group.readAgain(attributes);
      });
      assert.deepEqual(membersOf(whole), group.members);
    });
  }

  it('gives up on a server whose ranges lead nowhere', async () => {
    const group = new RangedGroup(2000, 1);
    const first = new RangedGroup(2000, 1500).entryFrom(0);
    await assert.rejects(
      withWholeRanges(first, group.readAgain),
      (error) => error instanceof DirectoryError && error.code === 'read-failed',
    );
    assert.ok(group.reads <= 10);
  });

  it('gives up on a group that never rests', async () => {
    const group = new RangedGroup(3500, 1500);
    const restless: ReadAgain = async (attributes) => {
      group.version++;
      return await group.readAgain(attributes);
    };
    await assert.rejects(
      withWholeRanges(group.entryFrom(0), restless),
      (error) => error instanceof DirectoryError && error.code === 'read-failed',
    );
  });

  it('notices that the group is gone', async () => {
    assert.equal(await withWholeRanges(new RangedGroup(2000, 1500).entryFrom(0), async () => null), null);
  });

  it("leaves DirSync's increments alone", async () => {
    const values = new Map([
      ['member;range=1-1', [Buffer.from('a')]],
      ['member;range=0-0', [Buffer.from('b')]],
    ]);
    const entry = { dn: 'CN=G', values };
    assert.equal(await withWholeRanges(entry, () => assert.fail('nothing to read')), entry);
  });
});
