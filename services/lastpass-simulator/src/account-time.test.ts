import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTimeZone, momentOf, wallTime } from './account-time.ts';

const SUMMER = Date.UTC(2015, 6, 17, 13, 51, 51);
const WINTER = Date.UTC(2015, 0, 17, 14, 51, 51);

test('the clock of the zone is told and read, in summer and in winter', () => {
  for (const [moment, zone, text] of [
    [SUMMER, 'US/Eastern', '2015-07-17 09:51:51'],
    [WINTER, 'US/Eastern', '2015-01-17 09:51:51'],
    [SUMMER, 'UTC', '2015-07-17 13:51:51'],
    [SUMMER, 'Asia/Kolkata', '2015-07-17 19:21:51'],
  ] as const) {
    assert.equal(wallTime(moment, zone), text);
    assert.equal(momentOf(text, zone), moment);
  }
});

test('next to a change of the clock the moment is the right one', () => {
  for (const iso of ['2026-03-08T06:59:59Z', '2026-03-08T07:00:00Z', '2026-11-01T07:00:00Z', '2026-11-01T04:59:59Z']) {
    const moment = Date.parse(iso);
    assert.equal(momentOf(wallTime(moment, 'US/Eastern'), 'US/Eastern'), moment, iso);
  }
});

test('a date alone is its midnight, and what is no time is none', () => {
  assert.equal(momentOf('2015-07-17', 'UTC'), Date.UTC(2015, 6, 17));
  for (const text of ['', 'yesterday', '17.07.2015', '2015-07-17 9 o’clock']) assert.equal(momentOf(text, 'UTC'), null);
});

test('zones are known by name', () => {
  assert.deepEqual([isTimeZone('US/Eastern'), isTimeZone('Mars/Olympus')], [true, false]);
});
