/** Redis and the domain controller go away and come back. */
import type { FaultKind } from './fault.ts';

type Begin = FaultKind['begin'];

/** Lets a fault have a server to itself. */
const exclusively =
  (server: string, begin: Begin): Begin =>
  async (world, random) => {
    if (!world.taken.take(server)) return null;
    const begun = await begin(world, random);
    if (begun === null) return null;
    return {
      ...begun,
      end: async () => {
        await begun.end();
        world.taken.giveBack(server);
      },
    };
  };

const redisGone = (how: 'stop' | 'kill'): Begin =>
  exclusively('redis', async ({ stack }) => {
    await stack.redis[how]();
    return { struck: 'redis', end: () => stack.redis.start() };
  });

const redisSilent: Begin = exclusively('redis', async ({ stack }) => {
  stack.redis.signal('SIGSTOP');
  return { struck: 'redis', end: () => stack.redis.signal('SIGCONT') };
});

/** Nobody works on the directory meanwhile: the turn is over when the domain controller is back. */
const controllerGone = (how: 'stop' | 'kill'): Begin =>
  exclusively('directory', async (world) => {
    const over = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const { domain } = world.stack;
    const whole = world.withoutDirectory(async () => {
      await domain[how]();
      gone.resolve();
      await over.promise;
      await domain.start();
    });
    await Promise.race([gone.promise, whole]);
    return {
      struck: 'the domain controller',
      end: async () => {
        over.resolve();
        await whole;
      },
    };
  });

export const serverFaults: readonly FaultKind[] = [
  { name: 'Redis restarts', weight: 3, lastsMs: [0, 1_500], begin: redisGone('stop') },
  { name: 'kill -9 of Redis', weight: 3, lastsMs: [0, 1_500], begin: redisGone('kill') },
  { name: 'Redis is silent', weight: 3, lastsMs: [300, 3_000], begin: redisSilent },
  { name: 'the domain controller restarts', weight: 2, lastsMs: [0, 1_500], begin: controllerGone('stop') },
  { name: 'kill -9 of the domain controller', weight: 2, lastsMs: [0, 1_500], begin: controllerGone('kill') },
];
