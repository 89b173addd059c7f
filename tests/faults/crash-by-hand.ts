/** Plays the scenario with one of the services as a process that crashes, and the others inside the test. */
import { effectsOf, endingOf } from './crash-at-every-effect.ts';
import type { Run, Servers, ServiceName } from './pipeline.ts';
import { directory, policy, stages, tenant } from './scenario.ts';
import { deedsOf } from './told-entries.ts';

/** Waits for the end of a stage; a service that has crashed meanwhile is started again. */
async function endOf(run: Run, crashing: { ended: Promise<unknown> }, restart: () => Promise<void>): Promise<void> {
  const crash = crashing.ended.then(() => 'crashed' as const);
  const quiet = run.quiet().then(() => 'quiet' as const);
  quiet.catch(() => undefined);
  if ((await Promise.race([crash, quiet])) === 'crashed') await restart();
  await quiet;
}

export async function playByHand(servers: Servers, name: 'reconciler' | 'pusher', crashAt: string) {
  const other: ServiceName = name === 'pusher' ? 'reconciler' : 'pusher';
  await using run = await servers.run({ tenant, directory, policy });
  const service = run.process(name, { crashAt });
  let restarted = false;
  const restart = async () => {
    if (restarted) return;
    restarted = true;
    if (name === 'pusher') await run.claimsExpire();
    await run.inside(name);
    await run.ring();
  };
  await run.inside(other);
  for (const stage of stages) {
    await stage(run);
    await endOf(run, service, restart);
  }
  const crashed = !service.running;
  const ending = { ...(await endingOf(run)), deeds: await deedsOf(run) };
  return { ending, effects: effectsOf(service), crashed };
}
