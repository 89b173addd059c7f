import { test } from 'node:test';
import { crashPusher } from './crash-pusher-everywhere.ts';

test('a pusher killed before or after any of its effects later changes nothing of the end', (t) =>
  crashPusher(t, 'second'));
