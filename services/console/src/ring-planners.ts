/** Letting the reconcilers plan people at once; were the ring lost, their sweep would find them a second later. */
import type { PersonKey } from '@connector/shared/keys.ts';
import { ringFor } from '@connector/shared/people-to-plan.ts';
import { ringerOf } from '@connector/shared/queues.ts';
import type { Session } from './session.ts';

export async function ringPlanners({ store, configuration }: Session, people: readonly PersonKey[]): Promise<void> {
  const ringer = ringerOf('people-to-plan', { target: configuration.redis, prefix: store.keys.queues });
  try {
    await ringFor(ringer, people);
  } finally {
    await ringer.close();
  }
}
