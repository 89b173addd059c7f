/**
 * What stands in the change log, whatever it is, applied to a company of fifty people who all have their accounts: it stops neither
 * the log nor the planner, and what isn't a change makes nobody leave.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { logEntry } from '@connector/shared/directory-state.ts';
import { isLeaverStep, plan } from '@connector/shared/plan.ts';
import { sweepGenerations } from '@connector/sync/mirror/sweep-generations.ts';
import fc from 'fast-check';
import { guid, person, Reconciling } from '../reconciler/reconciling.ts';
import { anyEntry, company, people, rename } from './log-entries.ts';
import { nastyJson, nastyText, spoiltJson, spoiltText } from './nasty-values.ts';
import { holds } from './runs.ts';

const isEntry = (text: string): boolean => {
  try {
    return logEntry.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
};

/** A text in place of an entry that isn't one. */
const junk = fc
  .oneof(
    nastyText,
    nastyJson.map((value) => JSON.stringify(value)),
    spoiltJson(anyEntry).map((value) => JSON.stringify(value)),
    spoiltText(anyEntry.map((value) => JSON.stringify(value))),
  )
  .filter((text) => !isEntry(text));

describe('a company of fifty, all of them linked', () => {
  let reconciling: Reconciling;
  before(async () => {
    reconciling = await Reconciling.create(undefined, {
      begin: async (begun) => {
        await begun.fullRead(...company);
        await begun.deliverAll();
        await begun.planAll();
      },
    });
  });
  after(() => reconciling[Symbol.asyncDispose]());

  /** Puts a text at the end of the log, as an entry of the sequence that is next. */
  const put = async (text: string) => {
    const sequence = reconciling.leaveHole();
    await reconciling.store.redis.xadd(reconciling.keys.log, `${sequence}-0`, 'entry', text);
  };

  const plans = async () => {
    const raws = await reconciling.store.redis.hgetall(reconciling.store.keys.plans);
    return new Map(Object.entries(raws).map(([key, raw]) => [key, plan.parse(JSON.parse(raw))]));
  };
  const leavers = async () =>
    [...(await plans())].filter(([, { steps }]) => steps.some(isLeaverStep)).map(([key]) => key);

  /** Reads the whole company again; everything is then as it was. */
  const readAgain = async () => {
    await reconciling.fullRead(...company);
    await sweepGenerations(reconciling.store, 'corp');
    const { redis, keys } = reconciling.store;
    await redis.del(keys.recentLeavers);
    assert.equal(await redis.xlen(reconciling.keys.log), 0, 'the log is applied to its end');
    const kept = (await redis.hkeys(keys.plans)).filter((key) => people.map(person).includes(key));
    assert.deepEqual(kept, [], 'the company is as AD says');
  };

  test('what is no entry is told, passed over, and makes nobody leave; the true changes around it arrive', async (context) => {
    const told = fc.record({
      before: fc.array(junk, { maxLength: 2 }),
      after: fc.array(junk, { minLength: 1, maxLength: 3 }),
    });
    let name = 0;
    const property = fc.asyncProperty(told, fc.constantFrom(...people), async ({ before, after }, number) => {
      const renamed = `Renamed ${++name}`;
      for (const text of before) await put(text);
      await put(JSON.stringify(rename(number, renamed)));
      for (const text of after) await put(text);
      const broken: string[] = [];
      for (let result = await reconciling.applyNext(); result !== 'nothing'; result = await reconciling.applyNext()) {
        assert.notEqual(result, 'overtaken');
        if (typeof result === 'object' && 'broken' in result) broken.push(result.broken);
      }
      assert.equal(broken.length, before.length + after.length);
      for (const line of broken) assert.match(line, /^entry \d+ can't be read \([^\n]{1,300}\)$/);
      await reconciling.planAll();
      await reconciling.judge();
      assert.deepEqual(await leavers(), []);
      const changed = company.map((each) => (each.guid === guid(number) ? { ...each, displayName: renamed } : each));
      await reconciling.fullRead(...changed);
      assert.deepEqual(await reconciling.stepsOf(number), ['rename']);
      await readAgain();
    });
    await holds(context, property, { runs: 40 });
  });

  test('any entries of the right form are applied, planned and judged, never let more go than the guard, and the next read mends all', async (context) => {
    const property = fc.asyncProperty(fc.array(anyEntry, { minLength: 1, maxLength: 6 }), async (entries) => {
      for (const entry of entries) await put(JSON.stringify(entry));
      while ((await reconciling.applyNext()) !== 'nothing');
      await reconciling.planAll();
      await reconciling.judge();
      const { redis, keys } = reconciling.store;
      assert.ok((await redis.zcard(keys.leavers)) <= 10, 'the guard holds more than maxLeavers');
      await sweepGenerations(reconciling.store, 'corp');
      await readAgain();
    });
    await holds(context, property, { runs: 100 });
  });
});
