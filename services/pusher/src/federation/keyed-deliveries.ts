/** Deliveries that take a key: of whoever is to be a federated user. */
import type { FederatedBy } from '@connector/shared/plan.ts';
import { type Delivery, stepOf } from '@connector/sync/calls/delivery.ts';

/** So many of them go into one call at most: LastPass derives 600,000 rounds of each one's password before it answers. */
export const keyedAtOnce = 25;

/** Whose K1 the key is to be made of; `undefined` for everybody else. */
export const federatedBy = (delivery: Delivery): FederatedBy | undefined =>
  (stepOf(delivery, 'create') ?? stepOf(delivery, 'federate'))?.federated;

export const needsKey = (delivery: Delivery): boolean => federatedBy(delivery) !== undefined;
