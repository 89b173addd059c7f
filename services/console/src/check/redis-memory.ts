/** How much memory Redis has left: without evicting anything it takes no writes once there is none. */
import type { Finding } from './findings.ts';

/** From this share on it is time for more. */
const nearlyFull = 0.75;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;

/** @param info what Redis answers to INFO */
export function memoryFinding(info: string, end: string): Finding {
  const value = (key: string): string => new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const [used, most, machine] = ['used_memory', 'maxmemory', 'total_system_memory'].map((key) => Number(value(key)));
  const limit = most || machine || 0;
  const text = `version ${value('redis_version')}, uses ${megabytes(used ?? 0)} of ${megabytes(limit)} (${most ? 'maxmemory' : 'all that the machine has'})`;
  if (limit === 0 || (used ?? 0) < nearlyFull * limit) return { grade: 'ok', end, text };
  const remedy = most ? 'raise maxmemory' : 'give the machine more memory';
  return { grade: 'warning', end, text: `${text}: ${remedy}, as nothing can be written once it is full` };
}
