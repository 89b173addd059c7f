/** The session's CSRF token, which goes with whatever changes something. */
let known: Promise<string | null> | null = null;

/** Asked for once, as it is the session's as long as that lasts. @param readSession asks the console who is signed in */
export function csrfToken(readSession: () => Promise<{ csrfToken: string | null }>): Promise<string | null> {
  known ??= readSession().then(
    (session) => session.csrfToken,
    (error) => {
      known = null; // the next change asks anew
      throw error;
    },
  );
  return known;
}
