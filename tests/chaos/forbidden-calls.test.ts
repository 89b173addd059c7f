/** Which calls count as forbidden, and which a fault excuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ChaosCall,
  createdAlthoughThere,
  leaversNeverReleased,
  lostAccess,
  sentAgain,
} from './forbidden-calls.ts';

let sequence = 0;
const call = (cmd: string, data: unknown, more: Partial<ChaosCall> = {}): ChaosCall => ({
  sequence: ++sequence,
  timeMs: sequence * 1_000,
  durationMs: 10,
  cmd,
  data,
  changes: [],
  outcome: 'ok',
  executed: true,
  ...more,
});
const fault = (fromMs: number, toMs: number) => ({ index: 0, name: 'a fault', struck: '', fromMs, toMs });

test('the very same step sent again is told, unless something else came between or a fault explains it', () => {
  const twice = [call('disableuser', ['ann@x.test']), call('disableuser', ['ann@x.test'])];
  assert.match(sentAgain(twice, []).join(), /^ann@x\.test: sent again/);
  const [first] = twice;
  assert.deepEqual(sentAgain(twice, [fault(first?.timeMs ?? 0, (first?.timeMs ?? 0) + 5)]), []);
  assert.deepEqual(sentAgain([...twice.slice(0, 1), call('enableuser', ['ann@x.test']), ...twice.slice(1)], []), []);
  assert.deepEqual(
    sentAgain(
      twice.map((one) => ({ ...one, executed: false })),
      [],
    ),
    [],
  );
});

test('an account that was there and is created all the same is told', () => {
  const changes = [{ username: 'new@x.test', step: 'create' }];
  const data = [{ username: 'new@x.test' }, { username: 'old@x.test' }];
  assert.match(createdAlthoughThere([call('batchadd', data, { changes })]).join(), /^old@x\.test: was created[^,]*$/);
});

test('whoever loses access without having been to go is told, whatever the call', () => {
  const calls = [call('disableuser', ['goes@x.test', 'stays@x.test']), call('deluser', { username: 'gone@x.test' })];
  assert.match(
    lostAccess(calls, new Set(['goes@x.test', 'gone@x.test'])).join(),
    /^stays@x\.test: disableuser[^,]*, [^,]*$/,
  );
});

test('with all leavers held, only whom a person released before may lose access', () => {
  const [early, late] = [call('disableuser', ['ann@x.test']), call('disableuser', ['ann@x.test', 'bob@x.test'])];
  const released = [{ atMs: 0, callsBefore: early.sequence, usernames: new Set(['ann@x.test']) }];
  const told = leaversNeverReleased([early, late], released);
  assert.equal(told.length, 2);
  assert.match(told.join('\n'), new RegExp(`ann.*call ${early.sequence}.*\n.*bob.*call ${late.sequence}`));
});
