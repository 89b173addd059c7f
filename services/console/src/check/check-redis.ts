/** Redis: whether it answers, keeps what it is given, and has room for more. */
import {
  evictionProblem,
  persistenceProblem,
  RedisUnsuitable,
  readServerSettings,
  type ServerSettings,
  valueInInfo,
} from '@connector/shared/redis.ts';
import { nameOfRedis } from '@connector/shared/redis-target.ts';
import { SchemaMismatch } from '@connector/shared/schema.ts';
import type { Session } from '../session.ts';
import { type Finding, messageOf, type What } from './findings.ts';
import { memoryFinding } from './redis-memory.ts';

const end = 'Redis';

/** Nothing but that, where it doesn't answer, or takes no writes. */
export async function checkRedis({
  store,
  configuration,
  explain,
}: Omit<Session, keyof Disposable>): Promise<Finding[]> {
  const where = nameOfRedis(configuration.redis);
  let settings: ServerSettings;
  try {
    settings = await readServerSettings(store.redis);
  } catch (error) {
    return [{ grade: 'failure', end, what: 'answer', text: messageOf(explain(error)) }];
  }
  if (valueInInfo(settings.info, 'role') === 'slave') {
    const text = `${where} is a replica, which takes no writes: point redis.url at the master, or let Sentinels tell it`;
    return [{ grade: 'failure', end, what: 'answer', text }];
  }
  const keeps = `keeps what it is given (appendonly yes, appendfsync ${settings.fsync})`;
  const found: Finding[] = [
    { grade: 'ok', end, what: 'answer', text: `${where} answers` },
    finding('persistence', diskProblem(settings) ?? persistenceProblem(settings), keeps),
    finding('eviction', evictionProblem(settings), 'evicts nothing (maxmemory-policy noeviction)'),
    memoryFinding(settings.info, end),
  ];
  if (found.some(({ grade }) => grade === 'failure')) return found;
  return [...found, finding('schema', await schemaProblem(store), 'what it holds is of this release')];
}

const finding = (what: What, problem: string | null, fine: string): Finding => ({
  ...{ grade: problem === null ? 'ok' : 'failure', end, what },
  text: problem ?? fine,
});

/** Settings that are as they should be are of no use on a full disk. */
const diskProblem = ({ info, appendOnly }: ServerSettings): string | null =>
  appendOnly && valueInInfo(info, 'aof_last_write_status') === 'err'
    ? "Redis can't write to its disk (aof_last_write_status is err): free space there, or mend the disk"
    : null;

async function schemaProblem({ check }: Session['store']): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (error instanceof SchemaMismatch || error instanceof RedisUnsuitable) return error.message;
    throw error;
  }
}
