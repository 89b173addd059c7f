import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionFailure } from './connection-failure.ts';

const CIRCUMSTANCES = { host: 'lastpass.example', timeoutMs: 100, timedOut: false, cancelled: false };

/** As fetch throws it. */
function fetchFailed(details: { code: string; syscall?: string }): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('it broke'), details) });
}

test('only what comes before the first byte of a request has certainly not arrived', () => {
  for (const [details, code, arrived] of [
    [{ code: 'ECONNREFUSED', syscall: 'connect' }, 'unreachable', 'no'],
    [{ code: 'ETIMEDOUT', syscall: 'connect' }, 'unreachable', 'no'],
    [{ code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'unreachable', 'no'],
    [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, 'unreachable', 'no'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'unreachable', 'no'],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'unreachable', 'no'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'unreachable', 'no'],
    [{ code: 'CERT_HAS_EXPIRED' }, 'unreachable', 'no'],
    [{ code: 'ECONNRESET', syscall: 'read' }, 'connection-lost', 'perhaps'],
    [{ code: 'ETIMEDOUT', syscall: 'read' }, 'connection-lost', 'perhaps'],
    [{ code: 'EPIPE', syscall: 'write' }, 'connection-lost', 'perhaps'],
    [{ code: 'UND_ERR_SOCKET' }, 'connection-lost', 'perhaps'],
    [{ code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' }, 'connection-lost', 'perhaps'],
    [{ code: 'SOMETHING_NEW' }, 'connection-lost', 'perhaps'],
  ] as const) {
    const error = connectionFailure(fetchFailed(details), CIRCUMSTANCES);
    assert.deepEqual([error.code, error.arrived], [code, arrived], JSON.stringify(details));
    assert.ok(error.message.includes(details.code) && error.message.includes('lastpass.example'));
  }
});

test('the time limit and the caller win over what the connection says of them', () => {
  const failed = fetchFailed({ code: 'ECONNRESET' });
  assert.equal(connectionFailure(failed, { ...CIRCUMSTANCES, timedOut: true }).code, 'no-answer');
  assert.equal(connectionFailure(failed, { ...CIRCUMSTANCES, timedOut: true, cancelled: true }).code, 'cancelled');
});
