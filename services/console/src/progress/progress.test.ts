import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressBar } from './progress-bar.ts';
import { ProgressLines } from './progress-lines.ts';
import { Pace, type Report } from './report.ts';
import { barText, logText } from './report-text.ts';

const planning = (done: number, of: number | null = 1_000): Report => ({ doing: 'planning', done, of, what: 'people' });

test('a pace is that of the last half minute, and the time left follows from it', () => {
  const pace = new Pace();
  const at = (ms: number, report: Report) => {
    const { perSecond, timeLeftMs } = pace.measure(report, ms);
    return [perSecond, timeLeftMs];
  };
  assert.deepEqual(at(0, planning(0)), [null, undefined]);
  assert.deepEqual(at(500, planning(100)), [null, undefined], 'too short to tell');
  assert.deepEqual(at(2_000, planning(200)), [100, 8_000]);
  assert.deepEqual(at(40_000, planning(200)), [null, undefined], 'nothing was done for long');
  assert.deepEqual(at(50_000, planning(440)), [5, 112_000], 'a pause counts');
  assert.deepEqual(at(51_000, planning(0)), [null, undefined], 'it begins anew');
  assert.deepEqual(at(53_000, planning(10, null)), [5, undefined]);
});

test('time left that is known better than by the pace is told, even that it is unknown', () => {
  const pace = new Pace();
  pace.measure(planning(0), 0);
  assert.equal(pace.measure({ ...planning(10), timeLeftMs: 700 }, 2_000).timeLeftMs, 700);
  assert.equal(pace.measure({ ...planning(20), timeLeftMs: null }, 3_000).timeLeftMs, null);
});

const measured = { ...planning(450), kind: 'planning', perSecond: 90.4, timeLeftMs: 6_100 };

test('a log tells what is done, of how many, how fast, and how long it still takes', () => {
  assert.equal(logText(measured, 0), 'planning, 450 of 1000 people done (45 %), 90/s, at least 7 s left');
  assert.equal(
    logText({ ...measured, of: null, perSecond: 2.34, timeLeftMs: undefined }, 65_000),
    'planning, 450 people done, 2.3/s, 1 min 5 s so far',
  );
  const reading = { doing: 'reading', kind: 'x', done: null, of: null, what: '', perSecond: null };
  assert.equal(logText({ ...reading, timeLeftMs: null }, 0), 'reading, time left unknown yet');
  assert.equal(logText({ ...reading, timeLeftMs: 900, isAll: true }, 0), 'reading, about 1 s left');
});

test('a bar is as long as there is room, its share filled, and gives way where there is none', () => {
  assert.equal(barText(measured, 79), 'planning  [##########--------------]   45 %  450/1000  90/s  at least 7 s left');
  assert.equal(barText(measured, 60), 'planning  [##----]   45 %  450/1000  90/s  at least 7 s left');
  assert.equal(barText(measured, 40), 'planning   45 %  450/1000  90/s  at least 7 s left');
  assert.match(barText({ ...measured, done: 1_000 }, 79), /\[#{24}\] {2}100 %/);
  assert.match(barText({ ...measured, done: 999 }, 79), /\[#{23}-\] {3}99 %/, 'all is told when nothing is left');
  assert.match(barText({ ...measured, done: 0, of: 0 }, 79), /100 %/);
  assert.equal(barText({ ...measured, of: null, timeLeftMs: undefined }, 79), 'planning  450 people  90/s');
});

test('a bar is drawn when another kind of work begins, and else ten times a second at most', () => {
  const bar = new ProgressBar();
  const at = (nowMs: number, report: Report) => bar.next(report, { columns: 79, nowMs }) !== null;
  assert.ok(at(0, planning(0)));
  assert.ok(!at(99, planning(100)));
  assert.ok(at(100, planning(200)));
  assert.ok(at(101, { ...planning(0), doing: 'reading' }));
});

test('a log has a line when a kind of work begins, and every ten seconds, also where nothing is reported', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let nowMs = 0;
  const lines: string[] = [];
  const progress = new ProgressLines(
    (line) => lines.push(line),
    () => nowMs,
  );
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      nowMs += 1_000;
      t.mock.timers.tick(1_000);
    }
    return lines.splice(0);
  };
  progress.tell(planning(0));
  progress.tell(planning(100));
  assert.deepEqual(pass(9_000), ['planning, 0 of 1000 people done (0 %)']);
  progress.tell(planning(300));
  assert.deepEqual(pass(2_000), ['planning, 300 of 1000 people done (30 %), 33/s, at least 21 s left, 10 s so far']);
  progress.tell({ ...planning(1), doing: 'reading corp' });
  assert.deepEqual(pass(25_000), [
    'reading corp, 1 of 1000 people done (0 %)',
    'reading corp, 1 of 1000 people done (0 %), 10 s so far',
    'reading corp, 1 of 1000 people done (0 %), 20 s so far',
  ]);
  progress.rest();
  assert.deepEqual(pass(60_000), [], 'it may be over');
  progress.tell({ ...planning(1), kind: 'reading corp' });
  assert.equal(lines.length, 1, 'and goes on where it was');
});
