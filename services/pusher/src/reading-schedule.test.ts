import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadingSchedule } from './reading-schedule.ts';

const minuteMs = 60_000;
const nowMs = 1_000 * minuteMs;

test('the accounts are read once a period has passed', () => {
  const schedule = new ReadingSchedule(15 * minuteMs);
  assert.ok(!schedule.isDue(nowMs, { nowMs: nowMs + 14 * minuteMs, steadyMs: 0 }));
  assert.ok(schedule.isDue(nowMs, { nowMs: nowMs + 15 * minuteMs, steadyMs: 0 }));
});

test('a reading that a clock a year ahead has dated keeps a pusher that starts from none', () => {
  const yearMs = 365 * 86_400_000;
  assert.ok(new ReadingSchedule(15 * minuteMs).isDue(nowMs + yearMs, { nowMs, steadyMs: 0 }));
});

test('two pushers whose clocks are an hour apart read in turn, with a rest between', () => {
  const aheadMs = 60 * minuteMs;
  const pushers = [0, aheadMs].map((offMs) => ({ offMs, schedule: new ReadingSchedule(15 * minuteMs) }));
  let lastMs = nowMs;
  let readings = 0;
  for (let second = 0; second < 3_600; second++) {
    for (const { offMs, schedule } of pushers) {
      const clocks = { nowMs: nowMs + offMs + second * 1_000, steadyMs: second * 1_000 };
      if (!schedule.isDue(lastMs, clocks)) continue;
      lastMs = clocks.nowMs;
      readings++;
    }
  }
  assert.ok(readings >= 4 && readings <= 10, `${readings} readings in an hour`);
});
