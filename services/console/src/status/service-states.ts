/** Which services run, and what stands in their way, as each of them tells Redis every few seconds. */
import { condition } from '@connector/shared/plan.ts';
import type { ServiceName } from '@connector/shared/service.ts';
import { parseStored, type Store } from '@connector/shared/store.ts';

/** Every kind of service that a sync needs. */
export const neededServices: readonly ServiceName[] = ['watcher', 'reconciler', 'pusher'];

/** A service that hasn't told anything for so long is dead, ms. */
export const silentForMs = 10_000;

export interface Instance {
  readonly instance: string;
  readonly host: string;
  readonly pid: number;
  readonly ready: boolean;
  readonly problems: readonly string[];
  readonly startedAtMs: number;
}

/** All living instances of one kind of service. */
export interface ServiceState {
  readonly service: ServiceName;
  readonly instances: readonly Instance[];
}

/** Sorts what the services have told by kind; the dead are left out. */
export function serviceStates(
  told: Readonly<Record<string, string>>,
  { nowMs, key = 'services' }: { nowMs: number; key?: string },
): ServiceState[] {
  const living = Object.entries(told).flatMap(([name, raw]) => {
    const { value } = parseStored(condition, key, raw);
    if (value === null || nowMs - value.atMs > silentForMs) return [];
    const [service = '', instance = ''] = name.split('/', 2);
    const { host, pid, ready, problems, startedAtMs } = value;
    return [{ service, instance: { instance, host, pid, ready, problems, startedAtMs } }];
  });
  return neededServices.map((service) => ({
    service,
    instances: living
      .filter((each) => each.service === service)
      .map(({ instance }) => instance)
      .sort((a, b) => a.startedAtMs - b.startedAtMs),
  }));
}

export async function readServiceStates({ redis, keys }: Store, nowMs: number): Promise<ServiceState[]> {
  return serviceStates(await redis.hgetall(keys.services), { nowMs, key: keys.services });
}

/** What keeps the services from doing their work, one line each, with the remedy. */
export function serviceProblems(states: readonly ServiceState[]): string[] {
  return states.flatMap(({ service, instances }) => {
    if (instances.length === 0) return [`no ${service} is running: start it (npm start -w services/${service})`];
    const lines = instances
      .filter(({ ready }) => !ready)
      .flatMap(({ problems }) => (problems.length > 0 ? problems : ['is not ready']));
    return [...new Set(lines)].map((problem) => `${service}: ${problem}`);
  });
}
