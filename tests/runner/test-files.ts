/** Which test files there are: whatever is called `*.test.ts`, so that no suite can be forgotten. */
import { globSync } from 'node:fs';

export interface TestFiles {
  /** Beside what they test; quick. */
  readonly unit: readonly string[];
  /** Those that keep a processor busy: more of them side by side than there are only take longer, each of them. */
  readonly heavy: readonly string[];
  /** The others below `tests/`: with real servers, for which they mostly wait. */
  readonly integration: readonly string[];
  /** Those that measure time, or memory that waits for its collection, which others would spoil. */
  readonly alone: readonly string[];
  /** Those that drive a Docker engine, which isn't everywhere; each starts a dozen containers. */
  readonly containers: readonly string[];
}

/**
 * Those that run a second time with the Redis of docker-compose.yml and the Samba of its demo in place of this machine's, where a
 * Docker engine answers: whatever leans on what one of them does and another might not, and on its crashes.
 */
export const againInContainers: readonly string[] = [
  'packages/shared/src/migrations.test.ts',
  'packages/shared/src/redis.test.ts',
  'packages/shared/src/transaction.test.ts',
  'tests/acceptance/first-sync.test.ts',
  'tests/acceptance/outage.test.ts',
  'tests/active-directory/samba.test.ts',
  'tests/faults/redis-durability.test.ts',
  'tests/faults/redis-full.test.ts',
  'tests/faults/redis-lost-moments.test.ts',
  'tests/faults/redis-timeline.test.ts',
  'tests/pusher/claims.test.ts',
  'tests/support/samba-domain.test.ts',
];

const isHeavy = (file: string) => /^tests\/(chaos\/|oracle\/|faults\/crash-)/.test(file);
/** The longest ones, to be begun first so that nothing waits for them at the end. */
const isLong = (file: string) => file.startsWith('tests/faults/');
const needsEngine = (file: string) => file.startsWith('tests/containers/');
const isMeasuring = (file: string) => /(^|[/-])latency\.test\.ts$|^tests\/bench\/quick\.test\.ts$/.test(file);

/** Finds them, paths relative to `root`, in the order of the alphabet. */
export function findTestFiles(root: string): TestFiles {
  const files = globSync('**/*.test.ts', { cwd: root, exclude: ['**/node_modules/**', '.*/**'] }).sort();
  const {
    unit = [],
    alone = [],
    containers = [],
    heavy = [],
    long = [],
    other = [],
  } = Object.groupBy(files, (file) => {
    if (!file.startsWith('tests/')) return 'unit';
    if (isMeasuring(file)) return 'alone';
    if (needsEngine(file)) return 'containers';
    if (isHeavy(file)) return 'heavy';
    return isLong(file) ? 'long' : 'other';
  });
  return { unit, heavy, integration: [...long, ...other], alone, containers };
}
