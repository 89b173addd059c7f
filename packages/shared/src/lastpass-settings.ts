/** What the configuration says of LastPass: the account, and how fast it is called. */
import { z } from 'zod';
import { proxySettings } from './proxy-settings.ts';
import { loopback, secret } from './setting-types.ts';

/** The section `lastpass`. */
export const lastpass = z
  .strictObject({
    apiUrl: z
      .url({ protocol: /^https?$/, error: 'is no address, such as https://lastpass.com/enterpriseapi.php' })
      .meta({ title: 'address', pattern: '^[hH][tT][tT][pP][sS]?://.' })
      .default('https://lastpass.com/enterpriseapi.php')
      .describe(
        'The Enterprise API. `http://` is taken on loopback, as for the simulator; elsewhere only with `insecure: true`.',
      ),
    cid: z
      .union([z.string().regex(/^\d+$/, 'must be the account number: digits'), z.number().int()])
      .transform(String)
      .describe('The account number, from the admin console: Advanced, Enterprise API.'),
    provhash: secret.describe('The provisioning hash, from there, too.'),
    batchSize: z
      .number()
      .int()
      .min(1)
      .max(500)
      .default(200)
      .describe('Accounts in one call: the most, and what it begins with.'),
    callsPerSecond: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(25)
      .describe(
        'Calls in any second, reads included, of all pushers together: the most, and what it begins with. Four fifths of them go evenly; the others are there for what comes after a rest.',
      ),
    adaptive: z
      .boolean()
      .default(true)
      .describe(
        'Where LastPass asks to slow down, refuses a batch as too large or gives no answer: half as many, and little by little more again once all is well. `false`: always as configured here.',
      ),
    callsInFlight: z
      .number()
      .int()
      .min(1)
      .max(32)
      .default(4)
      .describe(
        'Batches that each pusher delivers side by side. Leavers, and reading all accounts, have one more for themselves.',
      ),
    licences: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(
        'How many licences the tenant has, as its admin console tells, for its API doesn’t: then it is told before they run out. Default: unknown; then it is told once there is none left.',
      ),
    insecure: z
      .boolean()
      .default(false)
      .describe(
        'Allows `http://` to another machine, or through a proxy: the provisioning hash can be read on the way.',
      ),
    proxy: proxySettings
      .nullable()
      .optional()
      .describe(
        'The proxy through which the API is reached. Default: the one that `HTTPS_PROXY` names in the environment, unless `NO_PROXY` has the host. `null`: none, whatever they say. [Operations](operations.md#behind-a-proxy) tells more.',
      ),
  })
  .superRefine(({ apiUrl, insecure, proxy }, context) => {
    const url = new URL(apiUrl);
    const wrong = (message: string) => context.addIssue({ code: 'custom', path: ['apiUrl'], message });
    if (url.protocol !== 'http:' || insecure) return;
    if (!loopback.test(url.hostname)) wrong(`${apiUrl} isn't encrypted; write https://, or insecure: true to allow it`);
    else if (proxy) wrong(`${apiUrl} isn't encrypted, and a proxy could read it; write https://, or remove proxy`);
  });
