/** What a run would do, for programs. */
import type { Preview } from '@connector/sync/preview/preview.ts';
import { heldGroupsJson } from '../held/held-groups.ts';
import { isoText } from '../text/when.ts';

export const previewJson = ({ setAside, groups, ...preview }: Preview): object => ({
  ...preview,
  groups: heldGroupsJson(groups),
  setAside: setAside.map(({ sinceMs, ...each }) => ({ ...each, since: isoText(sinceMs) })),
});
