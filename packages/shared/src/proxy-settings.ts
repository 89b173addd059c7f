/**
 * By which forward proxy LastPass is reached: the configuration's, else the one that the environment names, as other programs
 * heed it. Pure.
 *
 * `HTTPS_PROXY` is for https:// alone, as everywhere. What goes by http:// is a simulator's, and no proxy is to read it unasked.
 */
import { z } from 'zod';
import { isExempt } from './no-proxy.ts';

const example = 'http://proxy.example.com:3128';

/** `lastpass.proxy`. */
export const proxySettings = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: `is no proxy's address, such as ${example}` })
      .meta({ title: 'address', pattern: '^[hH][tT][tT][pP][sS]?://.' })
      .describe('Its address; `https://` for one that is itself spoken to by TLS.'),
    username: z.string().min(1).optional().describe('Whom it knows. Default: it asks for nobody.'),
    password: z.string().min(1, 'is empty; write the secret, or its file as …File').optional().describe('Theirs.'),
  })
  .superRefine(({ url, username, password }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (username !== undefined && password === undefined)
      wrong('password', 'is missing; write it, or remove username for a proxy that asks for none');
    if (password !== undefined && username === undefined) wrong('username', 'is missing; write it, or remove password');
    if (username?.includes(':')) wrong('username', 'has a colon, which none may have (RFC 7617); write it without');
    if (!URL.canParse(url)) return;
    const address = new URL(url);
    if (address.username !== '' || address.password !== '')
      wrong('url', 'holds a name or password; write them as username and passwordFile');
    if (address.pathname !== '/' || address.search !== '' || address.hash !== '')
      wrong('url', `names more than a host and port; write such as ${example}`);
  });

/** A proxy, and who says so. */
export interface ForwardProxy {
  /** http:// or https://, with neither name nor password. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** What names it, for remedies: `lastpass.proxy`, or a variable of the environment. */
  readonly setting: string;
}

/** Its host and port, as messages name it. */
export function proxyHost({ url }: Pick<ForwardProxy, 'url'>): string {
  const { host, port, protocol } = new URL(url);
  return port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
}

/** A variable of the environment names no proxy that can be used. The message tells nothing of its value, which may hold a password. */
export class ProxyVariableError extends Error {
  override readonly name = 'ProxyVariableError';
  readonly code = 'PROXY_VARIABLE';
}

/** What is known of the way. */
export interface ProxyWish {
  readonly apiUrl: string;
  /** What the configuration says; `null`: none, whatever the environment says. */
  readonly configured: z.infer<typeof proxySettings> | null | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The proxy for an address, `null` for none. Small letters come before capitals, as with curl; an empty variable is none.
 * @throws ProxyVariableError
 */
export function proxyFor({ apiUrl, configured, environment }: ProxyWish): ForwardProxy | null {
  if (configured) return { ...configured, setting: 'lastpass.proxy' };
  if (configured === null) return without(environment);
  if (new URL(apiUrl).protocol !== 'https:') return null;
  const setting = ['https_proxy', 'HTTPS_PROXY'].find((name) => (environment[name] ?? '') !== '');
  if (setting === undefined) return null;
  const exemptions = environment['no_proxy'] || environment['NO_PROXY'] || '';
  return isExempt(new URL(apiUrl), exemptions) ? null : proxyIn(environment[setting] ?? '', setting);
}

function without(environment: NodeJS.ProcessEnv): null {
  if (environment['NODE_USE_ENV_PROXY'] !== '1') return null;
  throw new ProxyVariableError(
    'is null, but NODE_USE_ENV_PROXY, in the environment, has Node itself heed HTTPS_PROXY; remove one of the two',
  );
}

function proxyIn(text: string, setting: string): ForwardProxy {
  const written = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new ProxyVariableError(
      `${setting}, in the environment, is no proxy's address; write such as ${example}, or the proxy here`,
    );
  const username = meantBy(url.username, setting);
  const password = meantBy(url.password, setting);
  return {
    url: `${url.protocol}//${url.host}`,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    setting,
  };
}

function meantBy(part: string, setting: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    const remedy = 'write % itself as %25, or both here';
    throw new ProxyVariableError(
      `${setting}, in the environment, has a % in its name or password that stands for nothing; ${remedy}`,
      { cause },
    );
  }
}
