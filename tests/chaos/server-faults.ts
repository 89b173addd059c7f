/** Redis and the domain controller go away and come back. */
import { exclusively } from './exclusively.ts';
import type { FaultKind } from './fault.ts';

type Begin = FaultKind['begin'];

const redisGone = (how: 'stop' | 'kill'): Begin =>
  exclusively('redis', async ({ stack }) => {
    await stack.redis[how]();
    return { struck: 'redis', end: () => stack.redis.start() };
  });

const redisSilent: Begin = exclusively('redis', async ({ stack }) => {
  stack.redis.signal('SIGSTOP');
  return { struck: 'redis', end: () => stack.redis.signal('SIGCONT') };
});

/** Nobody works on the directory meanwhile: an administrator waits until it is back. */
const controllerGone = (how: 'stop' | 'kill'): Begin =>
  exclusively('directory', async (world, random) => {
    const domain = random.pick(world.controllers) ?? world.stack.domain;
    const end = await world.standStill(async () => {
      await domain.start();
      await world.reconnect();
    });
    await domain[how]();
    return { struck: `the domain controller of ${domain.baseDn}`, end };
  });

export const serverFaults: readonly FaultKind[] = [
  { name: 'Redis restarts', weight: 3, lastsMs: [0, 1_500], begin: redisGone('stop') },
  { name: 'kill -9 of Redis', weight: 3, lastsMs: [0, 1_500], begin: redisGone('kill') },
  { name: 'Redis is silent', weight: 3, lastsMs: [300, 3_000], begin: redisSilent },
  { name: 'the domain controller restarts', weight: 2, lastsMs: [0, 1_500], begin: controllerGone('stop') },
  { name: 'kill -9 of the domain controller', weight: 2, lastsMs: [0, 1_500], begin: controllerGone('kill') },
];
