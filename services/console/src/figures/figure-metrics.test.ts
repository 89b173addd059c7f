import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { addFigureMetrics } from './figure-metrics.ts';
import type { Figures } from './figures.ts';

const jobs = { waiting: 3, active: 1, delayed: 0, failed: 2 };
const figures: Figures = {
  nowMs: 100_000,
  people: {
    inScope: 10,
    linked: 9,
    toPlan: 1,
    toJudge: 2,
    toDeliver: 5,
    postponed: 3,
    held: 4,
    pending: 6,
    setAside: 7,
  },
  directories: [{ id: 'corp', unapplied: 8, completedAtMs: null }],
  queues: [{ name: 'people-to-plan', jobs, nextWaitsMs: 1_500 }],
  onTheWay: { people: 2, sinceMs: 40_000 },
  accounts: { count: 312, readAtMs: 90_500, licensed: 300 },
  licences: null,
  delivered: new Map([['create', 11]]),
  allowed: { callsPerSecond: 3.5, batchSize: 150 },
  unsealed: 0,
  isPaused: true,
  isRefused: false,
  lacksLicences: false,
};
const linesOf = async (registry: Registry) => (await registry.metrics()).split('\n').filter((line) => /^\w/.test(line));

test('a scrape looks once, whatever it tells, and the next one looks again', async () => {
  const registry = new Registry();
  let looks = 0;
  addFigureMetrics(registry, async () => {
    looks++;
    return figures;
  });
  const lines = await linesOf(registry);
  assert.equal(looks, 1);
  for (const line of [
    'connector_people_held 4',
    'connector_oldest_change_age_seconds 60',
    'connector_accounts_read_timestamp_seconds 90.5',
    'connector_queue_jobs{queue="people-to-plan",state="failed"} 2',
    'connector_queue_oldest_waiting_job_age_seconds{queue="people-to-plan"} 1.5',
    'connector_steps_delivered_total{step="create"} 11',
    'connector_deliveries_paused 1',
  ])
    assert.ok(lines.includes(line), `${line} in\n${lines.join('\n')}`);
  assert.ok(!lines.some((line) => line.startsWith('connector_directory_full_read')), 'there was none yet');
  assert.deepEqual(await linesOf(registry), lines, 'a counter is told as it is, and not added to what was told before');
  assert.equal(looks, 2);
});

test('what can’t be known is missing, and not what it was before', async () => {
  const registry = new Registry();
  let known: Figures | null = figures;
  addFigureMetrics(registry, async () => known);
  assert.ok((await linesOf(registry)).length > 20);
  known = null;
  assert.deepEqual(await linesOf(registry), []);
});
