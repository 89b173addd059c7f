/** The console as a process: it shows and steers. */
import { runService } from '@connector/shared/service.ts';
import { tellFigures } from './figures/tell-figures.ts';
import { addPages } from './service/pages.ts';

await runService('console', tellFigures, { pages: addPages });
