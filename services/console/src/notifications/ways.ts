/** The ways that are configured. */
import type { NotificationSettings } from '@connector/shared/notification-settings.ts';
import { emailWay } from './email.ts';
import type { Way } from './way.ts';
import { webhookWay } from './webhook.ts';

/** Makes them, in the order in which they are told of. */
export const waysOf = ({ webhook, email }: NotificationSettings): Way[] => [
  ...(webhook === undefined ? [] : [webhookWay(webhook)]),
  ...(email === undefined ? [] : [emailWay(email)]),
];
