import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listeningPorts } from './listening-ports.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B00007F:A1B9 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0 100 0 0 10 0
   1: 00000000:238D 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1002 1 0 100 0 0 10 0
   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1003 1 0 100 0 0 10 0
   3: 030012AC:C350 020012AC:18EB 01 00000000:00000000 02:00000000 00000000  1000        0 1004 2 0 20 4 30 10 -1
`;

test('finds what the service listens on: not its connections, and not the name server of the engine', () => {
  assert.deepEqual(listeningPorts(table), [9101, 8080]);
});
test('finds nothing where nothing listens yet', () => {
  assert.deepEqual(listeningPorts(table.split('\n').slice(0, 2).join('\n')), []);
});
