/** The rows of the matrix: a policy, and a way of setting the simulator's switches; and running them, a few side by side. */
import type { TestContext } from 'node:test';
import type { Random } from '../acceptance/random.ts';
import { Servers } from '../faults/pipeline.ts';
import { policies } from './policies.ts';
import type { Policy } from './rules.ts';
import { type Switches, switches, ways } from './switches.ts';

/** How many rows are run side by side. */
export const lanes = 4;

export interface Row {
  /** Place in the matrix. */
  readonly number: number;
  readonly policy: Policy;
  readonly switches: Switches;
}

/** All rows of one run. */
export const rowsOf = (random: Random): Row[] =>
  policies(random).map((policy, number) => ({ number, policy, switches: switches(number % ways) }));

/** A row in words. */
export function nameOf({ number, policy, switches: set }: Row): string {
  const { onDeleted, onDisabled, onRemovedFromFilter: onLeft, memberships, onDetected } = policy;
  const actions = `deleted: ${onDeleted}, disabled: ${onDisabled}, left: ${onLeft}`;
  const values = Object.entries(set).map(([name, value]) => `${name}: ${value}`);
  return `row ${number} (${actions}, memberships: ${memberships}, detected: ${onDetected}; ${values.join(', ')})`;
}

/**
 * Runs rows, each as a test of its own; with the environment's `ROW` only those (numbers with commas between). Each lane has a Redis and a LastPass,
 * which its rows use one after the other. The test around must allow so many side by side: `concurrency: lanes`.
 */
export async function inLanes(
  t: TestContext,
  rows: readonly Row[],
  run: (servers: Servers, row: Row) => Promise<void>,
): Promise<void> {
  const only = process.env['ROW']?.split(',');
  const next = rows.filter(({ number }) => only === undefined || only.includes(String(number)))[Symbol.iterator]();
  const lane = async () => {
    await using servers = await Servers.create();
    for (const row of next) await t.test(nameOf(row), () => run(servers, row));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
