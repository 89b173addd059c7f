/** A change's trace, from its reading to the call to LastPass, at a collector; and that nothing depends on one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack, serviceNames } from '../support/stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { TraceCollector } from './trace-collector.ts';

const ldif = (base: string) => `dn: OU=People,${base}\nobjectClass: organizationalUnit\n`;
const [mail, name] = ['secret.person@example.com', 'Secret Person'];
const createSomebody = ({ admin, domain }: Stack) =>
  admin.createUser({ name, displayName: name, mail, ou: `OU=People,${domain.baseDn}` });

test('a change is one trace through all services and queues, from its reading to the call, and tells nobody’s name', async () => {
  await using collector = await TraceCollector.create();
  await using stack = await Stack.create({ ldif });
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '100' };
  for (const service of serviceNames) stack.start(service, { env });
  await stack.settled();
  const guid = await createSomebody(stack);
  await stack.settled();

  const call = await waitUntil('the call’s span', () => collector.spans.find((span) => span.name === 'batchadd'));
  const [change] = /corp\/\d+/.exec(call.attributes) ?? assert.fail(call.attributes);
  const ofTrace = () => collector.spans.filter(({ traceId }) => traceId === call.traceId);
  const above = (): string[] => {
    const names: string[] = [];
    for (let span = call; ; ) {
      names.unshift(`${span.service}: ${span.name}`);
      const parent = ofTrace().find(({ spanId }) => spanId === span.parentSpanId);
      if (parent === undefined) return names;
      span = parent;
    }
  };
  await waitUntil('all that is above it', () => above()[0] === 'connector-watcher: append changes');
  assert.deepEqual(above(), [
    'connector-watcher: append changes',
    'connector-watcher: add directory-changes',
    'connector-reconciler: process directory-changes',
    'connector-reconciler: add people-to-plan',
    'connector-reconciler: process people-to-plan',
    'connector-reconciler: add account-updates',
    'connector-pusher: process account-updates',
    'connector-pusher: deliver batch',
    'connector-pusher: batchadd',
  ]);
  for (const named of ['append changes', 'apply changes', 'plan people'])
    assert.ok(
      ofTrace().some((span) => span.name === named && span.attributes.includes(`"${change}"`)),
      `${named} names ${change}`,
    );
  const { redis, keys } = stack.store;
  const bells = await redis.keys(`${keys.queues}:people-to-plan:[0-9]*`);
  const options = await Promise.all(bells.map((bell) => redis.hget(bell, 'opts')));
  assert.match(options.join('\n'), /traceparent/);
  const { provhash } = await stack.simulator.settings(null);
  const all = collector.texts.join('\n');
  for (const hidden of [mail, name, guid, stack.accountPassword, String(provhash)])
    assert.ok(!all.includes(hidden), `${hidden} is told`);
});

test('a collector that is away delays nothing, and is told of in the log', async () => {
  await using stack = await Stack.create({ ldif });
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_BSP_SCHEDULE_DELAY: '100' };
  for (const service of serviceNames) stack.start(service, { env });
  await createSomebody(stack);
  await stack.settled();
  assert.ok((await stack.simulator.writes()).some(({ cmd }) => cmd === 'batchadd'));
  const told = () => stack.service('pusher').output.includes('traces may not arrive: look at OTEL_EXPORTER_OTLP');
  await waitUntil('the log to tell of it', told, { withinMs: 60_000 });
});

test('without an endpoint no traces are made, and no bell carries one', async () => {
  await using stack = await Stack.create({ ldif });
  stack.startAll();
  await createSomebody(stack);
  await stack.settled();
  const { redis, keys } = stack.store;
  const bells = await redis.keys(`${keys.queues}:people-to-plan:[0-9]*`);
  const options = await Promise.all(bells.map((bell) => redis.hget(bell, 'opts')));
  assert.ok(options.length > 0, 'bells that rang are kept');
  for (const each of options) assert.doesNotMatch(String(each), /traceparent/);
  for (const service of serviceNames) assert.doesNotMatch(stack.service(service).output, /traces are sent/);
});
