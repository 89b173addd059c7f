/** The measurements that a slow machine doesn't spoil, on fewer people: calls, people planned, steps, memory. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Stack, serviceNames } from '../support/stack.ts';
import { type CompanySize, ldifOf } from './company.ts';
import { emptyStack, type FirstSync, syncFirst } from './first-sync.ts';
import { megabytes } from './measurement.ts';
import { mostCalls } from './measurements/first-sync.ts';
import { runFully } from './measurements/full-run.ts';
import { gainOne } from './measurements/large-group.ts';
import { idleMemory } from './yardsticks/idle.ts';

const size: CompanySize = { people: 2_000, groups: 100, memberships: 2_400, largeGroup: 1_000 };

// The runner keeps compiled code, which moves memory from a process' start to later. Services are shipped without it, and `make bench` has none.
delete process.env['NODE_COMPILE_CACHE'];

/** MB above an idle process, of each service. */
const most = 80;

describe('2,000 people, however fast the machine is', () => {
  let stack: Stack;
  let firstSync: FirstSync;
  before(async () => {
    stack = await emptyStack({ content: { ldif: (base) => ldifOf(size, base) } });
    firstSync = await syncFirst(stack, size.people);
  });
  after(() => stack[Symbol.asyncDispose]());

  it('the first sync takes as many calls as there are batches and pages of accounts, and five more at most', () => {
    const { calls } = firstSync;
    const made = calls.map(({ cmd, data }) => `${cmd} ${Array.isArray(data) ? data.length : JSON.stringify(data)}`);
    assert.ok(calls.length <= mostCalls(size.people), `${calls.length} calls: ${made.join(', ')}`);
  });

  it('a full run over an unchanged directory writes nothing', async () => {
    const { writes } = await runFully(stack);
    assert.equal(writes, 0);
  });

  it('a large group that gains one member is one step, and no business of the others', async () => {
    const { people, steps } = await gainOne({ stack, size }, 0);
    assert.deepEqual({ people, steps }, { people: 1, steps: 1 });
  });

  for (const service of serviceNames) {
    it(`the ${service} takes at most ${most} MB more than an idle process`, async (context) => {
      const above = megabytes(firstSync.peaks[service] - (await idleMemory(service)));
      context.diagnostic(`${service}: ${above.toFixed(1)} MB above an idle process`);
      assert.ok(above <= most, `${above.toFixed(1)} MB above an idle process`);
    });
  }
});
