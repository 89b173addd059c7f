/** The pusher as a process. */
import { runService } from '@connector/shared/service.ts';
import { startPusher } from './pusher.ts';

await runService('pusher', startPusher);
