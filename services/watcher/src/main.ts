/** The watcher as a process. */
import { runService } from '@connector/shared/service.ts';
import { startWatcher } from './watcher.ts';

await runService('watcher', startWatcher);
