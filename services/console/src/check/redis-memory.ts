/** How much memory Redis has left: without evicting anything it takes no writes once there is none. */
import { valueInInfo } from '@connector/shared/redis.ts';
import type { Finding } from './findings.ts';

/** From this share on it is time for more. */
const nearlyFull = 0.75;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

/** @param info what Redis answers to INFO */
export function memoryFinding(info: string, end: string): Finding {
  const value = (key: string): number => Number(valueInInfo(info, key));
  const [used, most, machine] = [value('used_memory'), value('maxmemory'), value('total_system_memory')];
  const limit = most || machine;
  const text = `version ${valueInInfo(info, 'redis_version')}, uses ${megabytes(used)} of ${megabytes(limit)} (${most ? 'maxmemory' : 'all that the machine has'})`;
  if (limit === 0 || used < nearlyFull * limit) return { grade: 'ok', end, what: 'memory', text };
  const remedy = most ? 'raise maxmemory' : 'give the machine more memory';
  const warning = `${text}: ${remedy}, as nothing can be written once it is full`;
  return { grade: 'warning', end, what: 'memory', text: warning };
}
