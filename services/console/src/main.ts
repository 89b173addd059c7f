/** The console as a process: it shows and steers, tells Prometheus how everything is, and administrators what wants them. */
import { type Running, runService, type Service } from '@connector/shared/service.ts';
import { tellFigures } from './figures/tell-figures.ts';
import { startNotifier } from './notifications/notifier.ts';
import { addPages } from './service/pages.ts';

async function start(service: Service): Promise<Running> {
  const begun = [await tellFigures(service), startNotifier(service)];
  return { close: async () => void (await Promise.all(begun.map(({ close }) => close()))) };
}

await runService('console', start, { pages: addPages });
