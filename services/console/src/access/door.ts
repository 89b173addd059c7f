/** The one door of the console: whoever sends a token, or has the cookie of a session. */
import type { FastifyRequest } from 'fastify';
import type { Asker } from './access-tokens.ts';
import { isCsrfToken, type OpenSession, type Sessions } from './sessions.ts';
import type { TokenCheck, Verdict } from './token-check.ts';

/** The cookie's name. Without `__Host-`, which browsers don't keep over HTTP on their own machine. */
export const sessionCookie = 'connector-session';
/** Whatever changes something by way of a session carries its token here: another site's page can't. */
export const csrfHeader = 'x-csrf-token';
/** Our page sends it with what it asks by itself while nobody is at it: looking so isn't using a session. */
const unattendedHeader = 'x-unattended';
/** Where the queue dashboard's page, which isn't ours, puts what it finds in the cookie {@link boardCsrfCookie}: a custom of axios. */
const boardCsrfHeader = 'x-xsrf-token';
/** The cookie from which that page takes the token. */
export const boardCsrfCookie = 'XSRF-TOKEN';

/** What a request is: as with a token; or it has a cookie, and lacks what shows that our own page sent it. */
export type Admission =
  | (Verdict<Asker> & { readonly session?: undefined })
  | { readonly kind: 'welcome'; readonly who: Asker; readonly session: OpenSession }
  | { readonly kind: 'forged'; readonly session?: undefined };

const looking: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export interface DoorOptions {
  readonly check: TokenCheck<Asker>;
  readonly sessions: Sessions;
  /** Told of every wrong token. */
  readonly onWrongToken: (address: string) => void;
}

export class Door {
  readonly #options: DoorOptions;

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  /**
   * Who asks.
   * @param byPassword whether a token may come as the password of HTTP Basic: a browser sends that by itself, and another site's page could have
   *   it sent
   * @param isUse whether it keeps a session from being over for want of use
   * @throws what Redis throws
   */
  async admit(
    { method, headers, ip, cookies }: FastifyRequest,
    { byPassword = false, isUse = true }: { byPassword?: boolean; isUse?: boolean } = {},
  ): Promise<Admission> {
    const { check, sessions, onWrongToken } = this.#options;
    const { authorization = '' } = headers;
    if (byPassword || /^bearer /i.test(authorization)) {
      const verdict = await check.verdictOn(authorization, ip);
      if (verdict.kind === 'wrong') onWrongToken(ip);
      if (verdict.kind !== 'none') return verdict;
    }
    const secret = cookies[sessionCookie];
    const isLooking = looking.has(method);
    const isUsed = isUse && !(isLooking && unattendedHeader in headers);
    const session = secret === undefined ? null : await sessions.find(secret, { isUse: isUsed });
    if (session === null) return { kind: 'none' };
    const csrfToken = headers[csrfHeader] ?? headers[boardCsrfHeader];
    if (!isLooking && !isCsrfToken(session, csrfToken)) return { kind: 'forged' };
    return { kind: 'welcome', who: session.who, session };
  }
}
