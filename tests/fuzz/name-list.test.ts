/**
 * A list of names that is gone on with while accounts come and go, also between two of its calls: it says that it is whole only where it is, and
 * whenever nobody has gone.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LastPassClient } from '@connector/lastpass/client.ts';
import { pageSize } from '@connector/sync/accounts/list-accounts.ts';
import { NameList } from '@connector/sync/accounts/name-list.ts';
import fc from 'fast-check';
import { holds } from './runs.ts';

const signal = AbortSignal.timeout(240_000);

/** Accounts by age, newest last, as the simulator lists them. */
class Tenant {
  #next = 1;
  #ids: number[] = [];

  add(count: number): void {
    for (let made = 0; made < count; made++) this.#ids.push(this.#next++);
  }

  /** @param where from 0 to 1: from the oldest to the newest */
  remove(where: number): void {
    this.#ids.splice(Math.floor(where * this.#ids.length), 1);
  }

  names(): string[] {
    return this.#ids.map((id) => `u${id}@example.test`);
  }

  page(index: number): string {
    const ids = this.#ids.slice(index * pageSize, (index + 1) * pageSize);
    const user = (id: number) => ({ username: `u${id}@example.test`, disabled: false, groups: [] });
    return JSON.stringify({ total: this.#ids.length, Users: Object.fromEntries(ids.map((id) => [id, user(id)])) });
  }
}

const nearBorder = fc.integer({ min: -2, max: 2 });
const change = fc.oneof(
  fc.record({ add: fc.constantFrom(1, 2, pageSize - 1, pageSize) }),
  fc.record({ remove: fc.constantFrom(0, 0.4, 0.6, 0.999) }),
);
/** What happens before a reading, and after each of its calls. */
const reading = fc.array(fc.array(change, { maxLength: 2 }), { minLength: 1, maxLength: 4 });

test('nobody is missing from a list that passes for whole, and one to which accounts were only added does', async (context) => {
  const property = fc.asyncProperty(
    fc.constantFrom(1, 2),
    nearBorder,
    fc.array(reading, { minLength: 1, maxLength: 3 }),
    async (pages, more, readings) => {
      const tenant = new Tenant();
      tenant.add(pages * pageSize + more);
      const happening: (typeof readings)[number] = [];
      const happen = () => {
        for (const each of happening.shift() ?? []) 'add' in each ? tenant.add(each.add) : tenant.remove(each.remove);
      };
      const send = async ({ body }: { body: string }) => {
        const text = tenant.page(JSON.parse(body).data.pageindex);
        happen();
        return text;
      };
      const client = new LastPassClient({ apiUrl: 'https://lastpass.test/', cid: '1', provhash: 'p', send });
      const names = await NameList.read({ call: (_, ask) => ask(client) }, signal);
      let hasAnybodyGone = false;
      for (const each of readings) {
        happening.splice(0, happening.length, ...each);
        happen();
        const before = tenant.names();
        hasAnybodyGone ||= each.flat().some((one) => 'remove' in one);
        const follows = await names.readOn();
        if (!hasAnybodyGone) assert.ok(follows, 'only added to');
        if (!follows) return;
        const after = new Set(tenant.names());
        assert.deepEqual(
          before.filter((name) => after.has(name) && !names.has(name)),
          [],
        );
      }
    },
  );
  await holds(context, property, { runs: 150 });
});
