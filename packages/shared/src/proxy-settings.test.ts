import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError, parseConfiguration } from './configuration.ts';

const directory = { id: 'corp', urls: ['ldaps://dc1.corp.test'], bindDn: 'CN=x,DC=corp', bindPassword: 'x' };

/** The proxy that counts. */
function proxyOf(lastpass: object, environment: NodeJS.ProcessEnv = {}) {
  const text = JSON.stringify({ directories: [directory], lastpass: { cid: '1', provhash: 'p', ...lastpass } });
  return parseConfiguration(text, { file: 'connector.yaml', environment }).lastpass.proxy;
}

const env = (HTTPS_PROXY: string, more: object = {}) => ({ HTTPS_PROXY, ...more });
const url = 'http://proxy.test:3128';

test('the configuration comes before the environment, and null is none', () => {
  const configured = { url, username: 'connector', password: 'secret' };
  assert.deepEqual(proxyOf({ proxy: configured }, env('http://other.test:1')), {
    ...configured,
    setting: 'lastpass.proxy',
  });
  assert.equal(proxyOf({ proxy: null }, env(url)), null);
  assert.equal(proxyOf({}), null);
  assert.deepEqual(proxyOf({ proxy: { url } }, { NO_PROXY: '*' }), { url, setting: 'lastpass.proxy' });
});

test('HTTPS_PROXY is heeded, with credentials and with or without http://; small letters come first; an empty one is none', () => {
  assert.deepEqual(proxyOf({}, env(url)), { url, setting: 'HTTPS_PROXY' });
  assert.deepEqual(proxyOf({}, env('proxy.test:3128')), { url, setting: 'HTTPS_PROXY' });
  assert.deepEqual(proxyOf({}, env('http://other.test', { https_proxy: url })), { url, setting: 'https_proxy' });
  assert.deepEqual(proxyOf({}, env('https://DOM%5Cme:p%40ss@proxy.test/')), {
    url: 'https://proxy.test',
    username: 'DOM\\me',
    password: 'p@ss',
    setting: 'HTTPS_PROXY',
  });
  assert.equal(proxyOf({}, env('', { https_proxy: '' })), null);
  assert.equal(proxyOf({}, { HTTP_PROXY: url, ALL_PROXY: url }), null);
});

test('what is reached without TLS goes by no proxy, unless somebody configured that knowingly', () => {
  const apiUrl = 'http://127.0.0.1:8081/enterpriseapi.php';
  assert.equal(proxyOf({ apiUrl }, env(url)), null);
  assert.throws(() => proxyOf({ apiUrl, proxy: { url } }), /lastpass\.apiUrl: .* a proxy could read it; write https/);
  assert.equal(proxyOf({ apiUrl, proxy: { url }, insecure: true })?.url, url);
});

test('NO_PROXY has hosts, what is below them, addresses, networks and ports', () => {
  const exempt = (host: string, NO_PROXY: string) =>
    proxyOf({ apiUrl: `https://${host}/enterpriseapi.php` }, env(url, { NO_PROXY })) === null;
  const without: [string, string][] = [
    ['lastpass.com', '*'],
    ['lastpass.com', 'a.test, LastPass.com'],
    ['lastpass.com', 'localhost lastpass.com'],
    ['lastpass.com', 'lastpass.com:443'],
    ['api.lastpass.com', 'lastpass.com'],
    ['api.lastpass.com', '.lastpass.com'],
    ['api.lastpass.com', '*.lastpass.com'],
    ['api.lastpass.com', 'lastpass.com.'],
    ['127.0.0.1:8443', '127.0.0.1'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['[fd00::5]', 'fd00::/8'],
    ['[::1]:8443', '[::1]:8443'],
    ['[::1]', '::1'],
  ];
  for (const [host, list] of without) assert.ok(exempt(host, list), `${host} is in ${list}`);
  const through: [string, string][] = [
    ['lastpass.com', ''],
    ['lastpass.com', 'notlastpass.com, pass.com'],
    ['notlastpass.com', 'lastpass.com'],
    ['lastpass.com', 'api.lastpass.com'],
    ['lastpass.com:8443', 'lastpass.com:443'],
    ['10.1.2.3', '11.0.0.0/8'],
    ['10.1.2.3', '10.0.0.0/99'],
    ['10.1.2.3', '10.0.0.0/'],
    ['127.0.0.1', 'localhost'],
    ['lastpass.com', '., .., *., :443'],
  ];
  for (const [host, list] of through) assert.ok(!exempt(host, list), `${host} isn't in ${list}`);
  assert.equal(proxyOf({}, env(url, { no_proxy: 'lastpass.com', NO_PROXY: 'other.test' })), null);
});

test('what names no proxy is refused with the remedy, and without the password', () => {
  const refused: [object, NodeJS.ProcessEnv, RegExp][] = [
    [
      { proxy: { url: 'socks5://p' } },
      {},
      /^connector\.yaml: lastpass\.proxy\.url: is no proxy's address, such as http/,
    ],
    [
      { proxy: { url: 'http://me:hush@p' } },
      {},
      /proxy\.url: holds a name or password; write them as username and passwordFile/,
    ],
    [{ proxy: { url: 'http://p/proxy.pac' } }, {}, /proxy\.url: names more than a host and port/],
    [{ proxy: { url, username: 'me' } }, {}, /proxy\.password: is missing; write it, or remove username/],
    [{ proxy: { url, password: 'hush' } }, {}, /proxy\.username: is missing; write it, or remove password/],
    [{ proxy: { url, username: 'a:b', password: 'hush' } }, {}, /proxy\.username: has a colon/],
    [{ proxy: { url, usrname: 'a' } }, {}, /proxy\.usrname: unknown key; did you mean username/],
    [{ proxy: {} }, {}, /proxy\.url: is missing; write a text/],
    [
      {},
      env('socks5://me:hush@p'),
      /lastpass\.proxy: HTTPS_PROXY, in the environment, is no proxy's address; write such as http/,
    ],
    [{}, env('http://me:hush%@p'), /lastpass\.proxy: HTTPS_PROXY, in the environment, has a % in its name or password/],
    [{ proxy: null }, { NODE_USE_ENV_PROXY: '1' }, /lastpass\.proxy: is null, but NODE_USE_ENV_PROXY/],
  ];
  for (const [lastpass, environment, told] of refused)
    assert.throws(
      () => proxyOf(lastpass, environment),
      (error) => error instanceof ConfigurationError && told.test(error.message) && !error.message.includes('hush'),
      told.source,
    );
});
