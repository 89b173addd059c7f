/** Requests to the console of any method, path, header and body: it answers each in a way that is meant, to nobody without the token, and goes on. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type Run, Servers } from '../faults/pipeline.ts';
import { addressOf, recovered } from '../faults/service-report.ts';
import type { Program } from '../support/child-process.ts';
import { nastyJson, nastyText, spoiltText } from './nasty-values.ts';
import { type RawAnswer, sendRaw } from './raw-request.ts';
import { holds } from './runs.ts';

const token = 'the-token-of-this-test-and-no-other';
const paths = [
  ...['/', '/healthz', '/readyz', '/metrics', '/queues', '/queues/', '/queues/api/queues', '/queues/api/redis/stats'],
  ...['/queues/api/queues/people-to-plan/1', '/queues/api/queues/people-to-plan/1/logs', '/queues/static/js/main.js'],
  ...['/api/v1/status', '/api/v1/people?who=ann', '/api/v1/release', '/api/v1/tokens/x', '/api/v1/openapi.json'],
  ...['/queues/api/queues?activeQueue=people-to-plan&page=1&jobsPerPage=10', '/queues/static/../../../../etc/passwd'],
];
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...paths) },
  { weight: 3, arbitrary: spoiltText(fc.constantFrom(...paths)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('/queues/', '/queues/api/queues/', '/queues/static/', '/api/v1/', '/api/v1/people?who=', '/'),
        nastyText,
      )
      .map((parts) => parts.map((part, at) => (at === 0 ? part : encodeURIComponent(part.toWellFormed()))).join('')),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('//', '/..;/', '/%2e%2e/', '/.%00/', '/queues%2f', '/QUEUES/'), fc.constantFrom(...paths))
      .map((parts) => parts.join('')),
  },
);
const method = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('GET', 'HEAD') },
  { weight: 2, arbitrary: fc.constantFrom('POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY') },
  { weight: 1, arbitrary: nastyText },
);
const oneLine = nastyText.map((text) => text.slice(0, 20_000).replaceAll(/[\r\n\0]/g, ' '));
const header = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'Content-Type',
      'Accept',
      'Cookie',
      'X-Forwarded-For',
      'Origin',
      'Range',
      'If-None-Match',
      'Upgrade',
      'Expect',
      'X-HTTP-Method-Override',
    ),
    oneLine,
  ),
  fc.tuple(nastyText, nastyText),
  fc.constantFrom(
    ['Content-Type', 'application/json'],
    ['Content-Length', '-1'],
    ['Content-Length', '99'],
    ['Transfer-Encoding', 'chunked'],
    ['Content-Length', '5'],
  ),
);
const body = fc.oneof(
  fc.constant(''),
  nastyText,
  nastyJson.map((value) => JSON.stringify(value)),
  fc.constantFrom('5\r\nhello\r\n0\r\n\r\n', '{"a":'),
);
const request = fc.record({
  method,
  path,
  headers: fc.array(
    header.map(([name = '', value = '']) => [name, value] as const),
    { maxLength: 4 },
  ),
  body,
});

/** What a client may send in place of the token; a guess that has its form is answered late, so these have it seldom. */
const notTheToken = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      '',
      'Basic',
      'Bearer',
      'Basic !',
      `Basic ${token}`,
      `Digest ${token}`,
      'Basic YWRtaW4=',
      `Bearer  `,
      token,
    ),
  },
  { weight: 4, arbitrary: oneLine.filter((text) => !/^(basic|bearer) +\S/i.test(text)) },
);

const securityHeaders: readonly (readonly [string, RegExp])[] = [
  ['content-security-policy', /default-src 'none'.*frame-ancestors 'none'/],
  ['x-content-type-options', /^nosniff$/],
  ['referrer-policy', /^no-referrer$/],
  ['cache-control', /no-store/],
];

describe('the console', () => {
  let servers: Servers;
  let run: Run;
  let program: Program;
  let port: number;
  before(async () => {
    servers = await Servers.create();
    run = await servers.run({ console: { token } });
    program = run.process('console');
    await recovered(program);
    port = Number(new URL(await addressOf(program)).port);
  });
  after(async () => {
    await run?.[Symbol.asyncDispose]();
    await servers?.[Symbol.asyncDispose]();
  });

  /** What holds of every answer. */
  const assertMeant = (answer: RawAnswer) => {
    const { status, headers } = answer;
    assert.ok(program.running, program.output);
    if (status === null) return; // it hung up on what isn't HTTP
    assert.ok(status < 500 || status === 501 || status === 505, `${status}: ${answer.body}`);
    assert.ok(!answer.body.includes(token));
    assert.doesNotMatch(answer.body, /node_modules|\.ts:\d+|at \w+ \(/, 'a stack trace');
    if (!headers.has('date') || status === 417) return; // the word of the HTTP parser, before anything of ours could be asked
    for (const [name, value] of securityHeaders) assert.match(headers.get(name) ?? '', value, `${status} ${name}`);
  };

  test('answers any request without the token as one that it knows, and shows nothing of the queues', async (context) => {
    const property = fc.asyncProperty(request, notTheToken, async (each, authorization) => {
      const answer = await sendRaw(port, { ...each, headers: [['Authorization', authorization], ...each.headers] });
      assertMeant(answer);
      assert.doesNotMatch(answer.body, /"openapi":|"services":|"notFound":/);
      assert.doesNotMatch(answer.body, /bull-?board|"queues":|main\.[0-9a-f]+\.js/i);
    });
    await holds(context, property, { runs: 600 });
  });

  test('answers any request with the token, and changes nothing', async (context) => {
    const property = fc.asyncProperty(request, async (each) => {
      assertMeant(await sendRaw(port, { ...each, headers: [['Authorization', `Bearer ${token}`], ...each.headers] }));
    });
    await holds(context, property, { runs: 600 });
  });

  test('is still there afterwards, ready and without an error in its log', async () => {
    const { status } = await sendRaw(port, { method: 'GET', path: '/readyz', headers: [], body: '' });
    assert.equal(status, 200);
    const errors = program.lines.filter((line) => !line.startsWith('{') || JSON.parse(line).level >= 50);
    assert.deepEqual(errors, []);
  });
});
