/** Both ways, as `connector test-notifications` tries them and the console takes them: TLS, signing in, and what goes wrong. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { emailWay } from '../../services/console/src/notifications/email.ts';
import { testBody } from '../../services/console/src/notifications/message.ts';
import { Workplace } from '../console/workplace.ts';
import { freePort } from '../support/redis-server.ts';
import { makeCertificates } from '../support/samba/certificates.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startConsole } from './console-process.ts';
import { account, MailServer } from './mail-server.ts';
import { isGenuine, signingSecret, WebhookReceiver } from './webhook-receiver.ts';

let place: Workplace;
let folder: string;
let tls: { key: string; cert: string };
before(async () => {
  place = await Workplace.create();
  folder = await mkdtemp(join(tmpdir(), 'notifications-'));
  await makeCertificates(folder, { realm: 'COMPANY.TEST', address: '127.0.0.1' });
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name), 'utf8')));
  tls = { key: key ?? '', cert: cert ?? '' };
});
after(async () => {
  await place[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const addresses = { from: 'connector@company.test', to: ['it@company.test', 'desk@company.test'] };
const signIn = { username: account.user, password: account.password };
const trust = () => ({ caFile: join(folder, 'ca.pem') });
const overTls = (server: MailServer) => ({ server: `smtps://127.0.0.1:${server.port}`, ...addresses, ...trust() });
const startingTls = (server: MailServer) => ({ ...overTls(server), server: `smtp://127.0.0.1:${server.port}` });

/** What the command tells of one way. */
async function tried(notifications: object): Promise<{ ok: boolean; answer: string; to: string }> {
  await place.configure({ notifications });
  const { code, output } = await place.run('test-notifications', '--json');
  const { ok, ways } = JSON.parse(output);
  assert.equal(code, ok ? 0 : 1, output);
  assert.equal(ways.length, 1, output);
  return ways[0];
}
const mailing = (email: object) => tried({ email });

test('mail goes over TLS, with name and password, to everybody named', async () => {
  await using server = await MailServer.create({ ...tls, secure: true, authOptional: false });
  const { ok, answer, to } = await mailing({ ...overTls(server), ...signIn });
  assert.ok(ok, answer);
  assert.match(answer, /^250 /);
  assert.equal(to, `2 addresses by 127.0.0.1:${server.port}`);
  const [mail] = server.mails;
  assert.ok(mail?.isEncrypted);
  assert.deepEqual([mail.from, mail.to, mail.user], [addresses.from, addresses.to, account.user]);
  assert.match(mail.raw, /^Subject: \[LastPass connector\] A test message/m);
  assert.match(mail.raw, /^Auto-Submitted: auto-generated\r$/m);
  assert.match(mail.raw, /^Message-ID: <msg_[0-9a-f-]+@/im);
});

test('a wrong password is told without it, and without anybody’s address', async () => {
  await using server = await MailServer.create({ ...tls, secure: true, authOptional: false });
  const { ok, answer } = await mailing({ ...overTls(server), ...signIn, password: 'wrong-secret' });
  assert.ok(!ok);
  assert.match(answer, /EAUTH.*check notifications\.email\.username and password$/);
  assert.doesNotMatch(answer, /secret|@/);
  assert.deepEqual(server.mails, []);
});

test('smtp:// begins TLS before the password is sent; a server that can’t is sent nothing, unless insecure allows it', async () => {
  await using capable = await MailServer.create(tls);
  assert.ok((await mailing({ ...startingTls(capable), ...signIn })).ok);
  assert.deepEqual(
    capable.mails.map(({ isEncrypted, user }) => [isEncrypted, user]),
    [[true, account.user]],
  );
  await using plain = await MailServer.create({
    hideSTARTTLS: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
  });
  const refused = await mailing({ ...startingTls(plain), ...signIn });
  assert.ok(!refused.ok);
  assert.match(refused.answer, /check that it takes STARTTLS/);
  assert.deepEqual([plain.mails, plain.tried], [[], []]);
  const { caFile: _, ...open } = startingTls(plain);
  assert.ok((await mailing({ ...open, insecure: true })).ok);
  assert.deepEqual(
    plain.mails.map(({ isEncrypted }) => isEncrypted),
    [false],
  );
});

test('a mail server or a receiver whose certificate nobody vouches for is told nothing', async () => {
  await using server = await MailServer.create({ ...tls, secure: true });
  const { caFile: _, ...untrusted } = overTls(server);
  const mailed = await mailing({ ...untrusted, ...signIn });
  assert.ok(!mailed.ok);
  assert.match(mailed.answer, /certificate/i);
  assert.deepEqual([server.mails, server.tried], [[], []]);
  await using receiver = await WebhookReceiver.create(tls);
  const posted = await tried({ webhook: { endpoint: receiver.endpoint, secret: signingSecret } });
  assert.ok(!posted.ok);
  assert.match(posted.answer, /certificate.*notifications\.webhook\.caFile/);
  assert.deepEqual(receiver.received, []);
});

test('a webhook over TLS trusts the authority that it was given', async () => {
  await using receiver = await WebhookReceiver.create(tls);
  const { ok, answer } = await tried({ webhook: { endpoint: receiver.endpoint, secret: signingSecret, ...trust() } });
  assert.deepEqual([ok, answer], [true, 'HTTP 204']);
  const [got] = receiver.received;
  assert.ok(got && isGenuine(got));
  assert.equal(got.body.type, 'test.test');
});

test('what a webhook may answer is told with what to do, and never the path', async () => {
  await using receiver = await WebhookReceiver.create();
  const webhook = { endpoint: receiver.endpoint, secret: signingSecret };
  const { host } = new URL(receiver.endpoint);
  for (const [answer, said] of [
    [500, `${host} answered HTTP 500: look at what receives there`],
    [403, `${host} answered HTTP 403: check that it knows notifications.webhook.secret, and lets this address in`],
    [404, `${host} answered HTTP 404: check notifications.webhook.endpoint`],
    ['hang', `${host} gave no answer within 10 s: check notifications.webhook.endpoint and the firewall`],
  ] as const) {
    receiver.answers.push(answer);
    assert.deepEqual(await tried({ webhook }), { way: 'webhook', to: host, ok: false, answer: said });
  }
  const nobody = await freePort();
  const { answer } = await tried({ webhook: { ...webhook, endpoint: `http://127.0.0.1:${nobody}/a-secret-path` } });
  assert.equal(
    answer,
    `127.0.0.1:${nobody} can't be reached (ECONNREFUSED): check notifications.webhook.endpoint and the firewall`,
  );
});

test('a recipient whom the server refuses is told without the address', async () => {
  await using server = await MailServer.create({ ...tls, secure: true });
  server.refusal = 'nobody here of that name: it@company.test';
  const { ok, answer } = await mailing(overTls(server));
  assert.ok(!ok);
  assert.match(answer, /check notifications\.email\.from and to$/);
  assert.doesNotMatch(answer, /company\.test/);
});

test('a mail server that says something ever and again, and never takes the mail, is not waited for longer than a try may take', {
  timeout: 60_000, // else it would be waited for for ever
}, async () => {
  const server = createServer((socket) => {
    socket.write('220 here\r\n');
    const saying = setInterval(() => socket.write('250-one moment please\r\n'), 100);
    socket.on('error', () => undefined).on('close', () => clearInterval(saying));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const way = emailWay({ server: `smtp://127.0.0.1:${port}`, ...addresses, insecure: true }, { withinMs: 1_000 });
  const message = { id: 'msg_1', body: testBody({ connector: 'connector', atMs: 0 }) };
  await assert.rejects(way.send(message), {
    code: 'NOT_SENT',
    message: `127.0.0.1:${port} took no mail within 1 s: check notifications.email.server and the firewall`,
  });
  const waiting = new AbortController();
  const patient = emailWay({ server: `smtp://127.0.0.1:${port}`, ...addresses, insecure: true });
  const sending = patient.send(message, waiting.signal);
  waiting.abort();
  await assert.rejects(sending, { code: 'NOT_SENT' });
  await new Promise((done) => server.close(done)); // which ends once no connection is left open
});

test('without notifications there is nobody to tell, and the command says so', async () => {
  await place.configure({});
  const { code, output } = await place.run('test-notifications', '--json');
  assert.equal(code, 1);
  assert.equal(JSON.parse(output).error.code, 'NOBODY_TO_TELL');
});

test('a console mails who is held when a word is needed, whatever becomes of the webhook', async () => {
  await using server = await MailServer.create({ ...tls, secure: true });
  const webhook = { endpoint: `http://127.0.0.1:${await freePort()}/`, secret: signingSecret };
  const email = { ...overTls(server), ...signIn };
  await place.configure({ notifications: { names: true, settleFor: '500ms', webhook, email } });
  await place.clear();
  for (const service of ['watcher', 'reconciler', 'pusher']) await place.tellCondition(service);
  await place.hold('a', { name: 'Ann Lee\r\nBcc: eve@company.test', username: 'ann@company.test' });
  await using console = startConsole(place.configFile);
  const mail = await waitUntil('the mail', () => server.mails[0]);
  assert.match(mail.raw, /^Subject: \[LastPass connector\] 1 person or group is held, and needs a word\r$/m);
  const text = mail.raw.replaceAll('=\r\n', ''); // quoted-printable
  assert.match(text, /^ {2}Ann Lee Bcc: eve@company\.test <ann@company\.test>\r$/m);
  assert.deepEqual(mail.to, addresses.to);
  await waitUntil('the log to tell of the webhook', () =>
    /notification wasn't sent.*ECONNREFUSED/.test(console.output),
  );
  const left = () => place.store.redis.hlen(place.store.keys.outbox);
  await waitUntil('the mail to be noted', async () => (await left()) === 1);
  const status = JSON.parse((await place.run('status', '--json')).output);
  assert.deepEqual([status.ok, status.untold[0]?.way, status.untold[0]?.waiting], [true, 'webhook', 1]);
  await console.stop();
  await place.configure({ notifications: { settleFor: '500ms', email } });
  await using another = startConsole(place.configFile);
  const isForgotten = async () => (await left()) === 0;
  await waitUntil('what was to go the way that is gone to be forgotten', isForgotten);
  assert.ok(another.running);
});
