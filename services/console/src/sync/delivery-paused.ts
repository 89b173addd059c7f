/** A pause goes before everything that would send anything. */
import type { Store } from '@connector/shared/store.ts';
import { readPause } from '@connector/sync/requests/steering.ts';
import { momentText } from '../text/when.ts';

/** Somebody has paused all deliveries: whoever waited for one would wait for ever. */
export class DeliveryPaused extends Error {
  override readonly name = 'DeliveryPaused';
  readonly code = 'DELIVERY_PAUSED';
}

/** @throws DeliveryPaused */
export async function refusePaused(store: Store): Promise<void> {
  const pause = await readPause(store);
  if (pause === null) return;
  const { by, atMs } = pause;
  throw new DeliveryPaused(`${by} paused all deliveries at ${momentText(atMs)}: "connector resume" first`);
}
