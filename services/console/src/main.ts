/** The console as a process: it shows and steers. */
import { runService } from '@connector/shared/service.ts';
import { addPages } from './service/pages.ts';

await runService('console', async () => ({ close: async () => undefined }), { pages: addPages });
