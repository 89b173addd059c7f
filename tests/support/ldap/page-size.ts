/** MaxPageSize: so many entries at most in one answer (MS-ADTS 3.1.1.3.4.6). Samba has the policy and doesn't heed it. */
import { controlOid, type LdapMessage, resultMessage, sequence } from './messages.ts';
import { dirSyncOf, pageOf, type SearchAnswer, withControl } from './search.ts';

const sizeLimitExceeded = 4;

/** A larger page is asked for than there is to be had: the server gives what it may, without a word. */
export function smallerPage(request: LdapMessage, maxPageSize: number): LdapMessage {
  const page = pageOf(request);
  if (page === null || page.size <= maxPageSize) return request;
  return withControl(request, controlOid.pages, sequence(maxPageSize, page.cookie));
}

/** A search without pages ends after the first entries, with an error. DirSync has a measure of its own. */
export function firstOnly(request: LdapMessage, answer: SearchAnswer, maxPageSize: number): SearchAnswer {
  if (pageOf(request) !== null || dirSyncOf(request) !== null || answer.entries.length <= maxPageSize) return answer;
  const result = { status: sizeLimitExceeded, errorMessage: '00002023: SvcErr: MaxPageSize was reached' };
  const end = resultMessage(answer.end.id, answer.end.operation, result);
  return { ...answer, entries: answer.entries.slice(0, maxPageSize), end };
}
