/** How a webhook proves that it is ours and unchanged: Standard Webhooks 1.0, symmetric scheme (https://www.standardwebhooks.com). */
import { createHmac } from 'node:crypto';
import { signingPrefix } from '@connector/shared/notification-settings.ts';

/** What is signed together: a message's id, the time of this try in s since 1970, and the very bytes of the body. */
export interface Signed {
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
}

/** The value of `webhook-signature`. @param secret `whsec_` and the key in base64 */
export function signatureOf({ id, timestamp, body }: Signed, secret: string): string {
  const key = Buffer.from(secret.slice(signingPrefix.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
