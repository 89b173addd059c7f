import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../api/documents.ts';
import { kindsText } from './step-kinds.ts';

test('of several people it is told how many each kind of step is about, who loses most first', () => {
  const leave: Step = { kind: 'leave-groups', groups: ['Sales'], because: 'left the group' };
  const people = [...Array(1_200)].map((): { steps: Step[] } => ({
    steps: [{ kind: 'disable', because: 'why' }, leave],
  }));
  assert.equal(
    kindsText([...people, { steps: [{ kind: 'delete', because: 'why' }] }]),
    '1 delete, 1,200 disable, 1,200 leave groups',
  );
});
