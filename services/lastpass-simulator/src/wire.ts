/**
 * The Enterprise API's answers, byte for byte where they are on record. Even JSON is labelled text/xml, and the status
 * words differ by command.
 */
import type { Answer } from './outcome.ts';
import type { Settings } from './settings.ts';
import { expiredPasswords, report, sharedFolders } from './wire-reports.ts';
import { listing } from './wire-users.ts';

export const ANSWER_TYPE = 'text/xml;charset=UTF-8';

/** The answer to a wrong cid or provhash: 76 bytes, HTTP 200. */
export const AUTHORIZATION_ERROR = '<?xml version="1.0" encoding="UTF-8"?>\n<lastpass rc="Authorization Error"/>\n';

/** A command's answer as the JSON text that goes out, with `more` fields. PHP writes an object without any as `[]`. */
export function toBody(answer: Answer, settings: Settings, more: Record<string, unknown> = {}): string {
  const wire = { ...toWire(answer, settings), ...more };
  return Object.keys(wire).length === 0 && settings.emptyMap === 'array' ? '[]' : JSON.stringify(wire);
}

/** A command's answer as an object. */
export function toWire(answer: Answer, settings: Settings): Record<string, unknown> {
  switch (answer.kind) {
    case 'done':
      return { status: 'OK', ...(answer.message === undefined ? {} : { message: answer.message }) };
    case 'failed':
      return failure(answer.errors, settings);
    case 'partly':
      return { status: 'WARN', errors: answer.errors };
    case 'switched':
      return switched(answer, settings);
    case 'listed':
      return listing(answer, settings);
    case 'shared':
      return sharedFolders(answer, settings);
    case 'reported':
      return report(answer, settings);
    case 'expired':
      return expiredPasswords(answer);
    case 'not-listed':
      return { error: [`${answer.username} is not a valid user.`] };
    case 'too-large':
      return failure([`Too many entries: at most ${answer.largestBatch} in one call`], settings);
    case 'too-often':
      return failure(['Too many requests: try again in a second'], settings);
    default:
      return answer satisfies never;
  }
}

/** `{"status":"FAIL","error":…}` in the tenant's form. */
export function failure(errors: string[], { errorForm }: Settings): Record<string, unknown> {
  return { status: 'FAIL', error: errorForm === 'array' ? errors : errors.join('; ') };
}

/** Refused users are an `error` beside the others' success; only when nobody is left is the whole a failure. */
function switched(answer: Answer & { kind: 'switched' }, settings: Settings): Record<string, unknown> {
  const { to, changed, unchanged, errors } = answer;
  if (errors.length > 0 && changed.length + unchanged.length === 0) return failure(errors, settings);
  return {
    status: 'success',
    [`${to}_users`]: changed,
    ...(unchanged.length > 0 && settings.unchangedUsers === 'listed' ? { unchanged_users: unchanged } : {}),
    ...(errors.length > 0 ? { error: failure(errors, settings)['error'] } : {}),
  };
}
