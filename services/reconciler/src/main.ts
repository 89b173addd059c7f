/** The reconciler as a process. */
import { runService } from '@connector/shared/service.ts';
import { startReconciler } from './reconciler.ts';

await runService('reconciler', startReconciler);
