/** The console as a process: it shows and steers, and tells administrators what wants them. */
import { runService } from '@connector/shared/service.ts';
import { startNotifier } from './notifications/notifier.ts';
import { addPages } from './service/pages.ts';

await runService('console', async (service) => startNotifier(service), { pages: addPages });
