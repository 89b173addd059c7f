import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OptionsError, readOptions } from './options.ts';
import { REHEARSAL_PROVHASH } from './settings.ts';

test('without anything the defaults hold', () => {
  assert.deepEqual(readOptions([], { LASTPASS_SIMULATOR_STATE_FILE: '' }), {
    host: '127.0.0.1',
    port: 8081,
    cid: '12345678',
    provhash: REHEARSAL_PROVHASH,
    'key-registrar-token': null,
    'latency-ms': 0,
  });
});

test('the command line wins over the environment', () => {
  const env = { LASTPASS_SIMULATOR_PORT: '1', LASTPASS_SIMULATOR_STATE_FILE: 'state.json' };
  const options = readOptions(['--port', '0', '--latency-ms=25'], env);
  assert.ok(options !== 'help');
  assert.deepEqual([options.port, options['state-file'], options['latency-ms']], [0, 'state.json', 25]);
});

test('--help is help, whatever else is there', () => {
  assert.equal(readOptions(['--help'], { LASTPASS_SIMULATOR_PORT: 'x' }), 'help');
});

test('a wrong setting is named', () => {
  for (const [args, text] of [
    [['--port', '70000'], /^port: must be a number from 0 to 65535/],
    [['--cid', 'abc'], /^cid: must be digits/],
    [['--latency-ms', 'slow'], /^latency-ms: must be a number/],
    [['--prot', '1'], /--prot/],
  ] as const) {
    assert.throws(
      () => readOptions([...args], {}),
      (error) => error instanceof OptionsError && text.test(error.message),
    );
  }
});
