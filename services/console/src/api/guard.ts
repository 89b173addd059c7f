/** Who may use which route of the API. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Asker, Role } from '../access/access-tokens.ts';
import { csrfHeader, type Door } from '../access/door.ts';
import type { OpenSession } from '../access/sessions.ts';
import { failure, prefix } from './answers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, once it is known. */
    asker: Asker | null;
    /** The session by which they ask; `null`: they sent a token. */
    session: OpenSession | null;
  }
}

/**
 * Lets those pass whose token or session is good for it.
 * @param isUse whether a session counts as used by that
 */
export function guardOf(role: Role, { door, isUse = true }: { readonly door: Door; readonly isUse?: boolean }) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const admission = await door.admit(request, { isUse });
    if (admission.kind === 'too many')
      return reply.code(429).header('retry-after', '5').send(failure('TOO_MANY', 'too many wrong tokens: wait'));
    if (admission.kind === 'forged')
      return reply
        .code(403)
        .send(failure('CSRF', `a session needs its token in ${csrfHeader}, as GET ${prefix}/session answers it`));
    if (admission.kind !== 'welcome')
      return reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .send(
          failure(
            'UNAUTHORIZED',
            `sign in with POST ${prefix}/session, or send a token, as "connector create-token" makes it: "Authorization: Bearer …"`,
          ),
        );
    const { who, session } = admission;
    if (role === 'administrator' && who.role !== 'administrator')
      return reply.code(403).send(failure('FORBIDDEN', `${who.name} may only look: this takes an administrator`));
    request.asker = who;
    request.session = session ?? null;
    return undefined;
  };
}
