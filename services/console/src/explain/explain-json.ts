/** People's stories, for programs. */

import type { Sealed } from '../audit/audit-trail.ts';
import { type NotFound, notFoundJson } from '../not-found.ts';
import { isoText } from '../text/when.ts';
import type { Story } from './story.ts';

const momentJson = (atMs: number | null | undefined): string | null => (atMs == null ? null : isoText(atMs));

export const explainJson = (stories: readonly Story[], notFound: readonly NotFound[]): object => ({
  people: stories.map(storyJson),
  notFound: notFoundJson(notFound),
});

function storyJson({ directory, account, link, decision, againAtMs, verdict, ...story }: Story): object {
  const { expiresAtMs, ...inDirectory } = directory;
  return {
    person: story.person,
    username: story.username,
    name: story.name,
    standing: verdict.standing,
    sentence: verdict.sentence,
    remedy: verdict.remedy,
    directory: { ...inDirectory, expires: momentJson(expiresAtMs) },
    scope: story.scope,
    groups: story.groups,
    sameMail: story.sameMail,
    account: account && {
      username: account.username,
      id: account.id,
      name: account.fullname,
      status: account.invited ? 'invited' : account.disabled ? 'disabled' : 'enabled',
      groups: account.groups,
    },
    link: link && {
      username: link.username,
      disabledByUs: link.disabledByUs,
      changingTo: link.changingTo ?? null,
      federated: link.federated ?? null,
      federating: link.federating ?? null,
      left: momentJson(link.leftAtMs),
    },
    steps: story.steps,
    decision: decision && { verdict: decision.verdict, by: decision.by, at: isoText(decision.atMs) },
    again: momentJson(againAtMs),
    operations: story.operations.map(operationJson),
  };
}

const operationJson = ({ sequence, entry: { atMs, by, did, was, is, source, answer } }: Sealed): object => ({
  sequence,
  at: isoText(atMs),
  by,
  did,
  was,
  is,
  source,
  answer: answer ?? null,
});
